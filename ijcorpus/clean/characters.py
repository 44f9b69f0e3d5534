"""Rules on single characters and short runs: encoding, Unicode form, white space.

Every rule is guarded by a test that is much cheaper than the rule, since most lines need none.
"""

from __future__ import annotations

import re
import unicodedata

from ijcorpus.clean.extra import needs
from ijcorpus.clean.footnotes import drop_marks
from ijcorpus.clean.trace import Edit, Traced, rewrite

_MAY_BE_MOJIBAKE = re.compile(r"[^\x00-\x7f‘’“”–—…•]")
_LINE = re.compile(r"[^\n]+")
_NEWLINE = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064"
    r"\u2066-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_SPACES = re.compile(r"\s{2,}|[^\S ]")
_WORD = re.compile(r"\S*[^\x00-\x7f]\S*")


def repair(text: Traced) -> Traced:
    """Encoding, line ends, invisible characters and Unicode form; lines stay lines."""
    while (done := _repair_once(text)).text != text.text:
        text = done
    return text


def tidy(line: Traced) -> Traced:
    """One line without footnote marks, double spaces and white space at its ends."""
    while (done := repair(_tidy_once(line))).text != line.text:
        line = done
    return line


def _repair_once(text: Traced) -> Traced:
    text = text.sub(_NEWLINE, "\n") if _NEWLINE.search(text.text) else text
    if text.text.isascii():
        return text.sub(_INVISIBLE, "")
    return compose(repair_mojibake(text).sub(_NEWLINE, "\n").sub(_INVISIBLE, ""))


def _tidy_once(line: Traced) -> Traced:
    return drop_marks(line).sub(_SPACES, " ").strip()


def repair_mojibake(text: Traced) -> Traced:
    """Undo wrong decodings, line by line, with ftfy; called only where it could act."""
    if not _MAY_BE_MOJIBAKE.search(text.text):
        return text
    ftfy = needs("ftfy")
    edits: list[Edit] = []
    for line in _LINE.finditer(text.text):
        if _MAY_BE_MOJIBAKE.search(line[0]):
            edits += rewrite(line.start(), line[0], ftfy.fix_encoding(line[0]))
    return text.edit(edits)


def compose(text: Traced) -> Traced:
    """Unicode normal form C; nothing else (curly quotes, dashes, halves stay)."""
    if unicodedata.is_normalized("NFC", text.text):
        return text
    edits: list[Edit] = []
    for word in _WORD.finditer(text.text):
        edits += rewrite(word.start(), word[0], unicodedata.normalize("NFC", word[0]))
    return text.edit(edits)
