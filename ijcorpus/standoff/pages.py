"""Text that was cut into pages: from a PDF, or from a tool that puts form feeds between them."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Sequence

from ijcorpus.errors import HydrationError, MissingExtraError

FEED = "\f"
EDGE = 3
"""Lines at the head and at the foot of a page that may be repeated there."""

SHARE = 0.3
"""Share of the pages, and never fewer than two, on which a repeated line stands."""

FULL = 0.7
"""Share of a page's width from which on a line goes on in the next."""

MOST = 3000
"""Most pages of a PDF."""

_NUMBER = re.compile(r"[\W_]*(?:p(?:age|\.)?\s*)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?[\W_]*", re.I)
_DIGITS = re.compile(r"\d+")
_BROKEN = re.compile(r"(?<![^\W\d_])([^\W\d_]+)[-\u2010]$")
_HYPHENED = re.compile(r"(?<![^\W\d_])[^\W\d_]+-[^\W\d_]+")
_WORD = re.compile(r"\s*[^\W\d_]+")
_ENDS = re.compile(r"[.!?:;…][\"'”’)\]]*$")


def pdf_text(raw: bytes) -> str:
    """The text of a PDF, a form feed between pages.

    Raises HydrationError for what is no readable PDF, or one of pictures, and MissingExtraError
    without pypdf.
    """
    try:
        from pypdf import PdfReader
    except ImportError as error:
        raise MissingExtraError(
            "Reading PDF needs pypdf. Install it with: pip install 'ijcorpus[hydrate]'"
        ) from error
    logging.getLogger("pypdf").addHandler(logging.NullHandler())  # else it writes to the terminal
    try:
        pages = PdfReader(io.BytesIO(raw)).pages
        if len(pages) > MOST:
            raise HydrationError(f"the PDF has {len(pages):,} pages, more than {MOST:,}")
        text = FEED.join(page.extract_text() for page in pages)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    except HydrationError:
        raise
    except Exception as error:  # a damaged PDF fails in more ways than pypdf's own errors
        raise HydrationError(f"the PDF cannot be read: {error}. Save it as text.") from error
    if not text.strip(FEED + " \n"):
        raise HydrationError("the PDF has no text, only pictures. Recognise its text first.")
    return text


def joined_pages(text: str) -> str:
    """The text without form feeds, page numbers, running heads and feet, and ends of lines.

    A line as wide as the page goes on in the next. A word broken at the end of a line is put
    together; it keeps its hyphen where the text elsewhere has it with one. A text without form
    feeds comes back as it is.
    """
    if FEED not in text:
        return text
    pages = [_lines(page) for page in text.replace("\r\n", "\n").split(FEED)]
    repeated = _repeated(pages)
    lines: list[str] = []
    for page in pages:
        body = _body(page, repeated)
        if lines and body and _ENDS.search(lines[-1]):
            lines.append("")
        lines += body
    return "\n".join(_unwrapped(lines)) + "\n"


def _lines(page: str) -> list[str]:
    lines = [line.rstrip() for line in page.split("\n")]
    while lines and not lines[0]:
        del lines[0]
    while lines and not lines[-1]:
        del lines[-1]
    return lines


def _repeated(pages: Sequence[list[str]]) -> set[str]:
    """The forms of lines that stand at the edges of several pages."""
    seen: Counter[str] = Counter()
    for lines in pages:
        full = [line for line in lines if line]
        seen.update({_form(line) for line in (*full[:EDGE], *full[-EDGE:])})
    least = max(2, SHARE * sum(bool(lines) for lines in pages))
    return {form for form, count in seen.items() if count >= least}


def _body(lines: list[str], repeated: set[str]) -> list[str]:
    """The lines of a page between its head and its foot."""
    start, end = 0, len(lines)
    while start < end and _is_edge(lines[start], repeated):
        start += 1
    while end > start and _is_edge(lines[end - 1], repeated):
        end -= 1
    return lines[start:end]


def _is_edge(line: str, repeated: set[str]) -> bool:
    return not line or bool(_NUMBER.fullmatch(line.strip())) or _form(line) in repeated


def _form(line: str) -> str:
    """A line as it is on every page: without the page's number."""
    return _DIGITS.sub("#", " ".join(line.casefold().split()))


def _unwrapped(lines: Sequence[str]) -> list[str]:
    """Paragraphs of lines that are about as wide as the page, and words that a line's end broke."""
    widths = sorted(len(line) for line in lines if line)
    full = FULL * widths[int(0.9 * (len(widths) - 1))] if widths else 0.0
    hyphened = set(_HYPHENED.findall("\n".join(lines).casefold()))
    made: list[str] = []
    before = ""
    for line in lines:
        if before and line and (first := _BROKEN.search(before)) and (rest := _WORD.match(line)):
            kept = (
                not rest[0].strip()[0].islower()
                or f"{first[1]}-{rest[0].strip()}".casefold() in hyphened
            )
            made[-1] = (made[-1] if kept else made[-1][:-1]) + line.lstrip()
        elif before and line and len(before) >= full:
            made[-1] += " " + line.lstrip()
        else:
            made.append(line)
        before = line
    return made
