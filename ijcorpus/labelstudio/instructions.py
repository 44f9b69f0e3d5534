"""The guidelines as HTML, for the window of instructions on the annotators' screens."""

from __future__ import annotations

import re
from collections.abc import Iterable


def instructions(pages: Iterable[str]) -> str:
    """Markdown pages as one HTML text; a fenced block is headed by the word on its fence.

    Label Studio takes styles and classes away: how it looks is said in the configuration.
    """
    from markdown_it import MarkdownIt

    renderer = MarkdownIt("js-default")
    html = "\n".join(renderer.render(page) for page in pages)
    return re.sub(r'<pre><code class="language-(\w+)">', r"<p><em>\1</em></p>\n<pre><code>", html)
