"""Stand-off annotation: what is released of a text that may not ship, and joining it again.

`withheld` joins exact copies; `fingerprint` makes what is published of a text, `align` finds its
words in another copy, and `place` puts annotations there. Pure: no file is read.
"""

from __future__ import annotations

from ijcorpus.standoff.withheld import Withheld, join, withhold

__all__ = ["Withheld", "join", "withhold"]
