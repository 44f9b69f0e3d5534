"""Raw bytes of sources: from the corpus, from the reader's own copies, or from their addresses.

`raw` reads files; `web` asks servers, one request at a time, as `robots` understands their rules,
and `shelf` keeps what they answer.
"""

from __future__ import annotations

from ijcorpus.fetch.raw import raw_bytes

__all__ = ["raw_bytes"]
