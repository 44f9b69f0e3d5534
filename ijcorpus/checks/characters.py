"""Checks of characters: what went wrong before a text or a name was written down."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator

from ijcorpus.annotation import RegistryEntry
from ijcorpus.checks.view import Check, CorpusView, DocumentView, Fault

_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
# Greek and Cyrillic: the scripts with letters that look Latin.
_LOOKALIKE = re.compile(r"[\u0370-\u052f]")
_SPACE = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_PRIVATE = re.compile(r"[\ue000-\uf8ff\U000f0000-\U0010fffd]")
# UTF-8 that was read as Windows-1252 or Latin-1.
_MOJIBAKE = re.compile(r"Ã[\u0080-\u00bf]|â€.|Â[\u00a0-\u00bf]|ï»¿")
_DASH = re.compile(r"[\u2010-\u2015\u2212]")


def _first(text: str, pattern: re.Pattern[str], what: str, remedy: str) -> Iterator[Fault]:
    """One fault for all places of a pattern, at the first."""
    found = [*pattern.finditer(text)]
    if found:
        start, end = found[0].span()
        codes = " ".join(f"U+{ord(character):04X}" for character in found[0][0])
        times = "once" if len(found) == 1 else f"{len(found)} times"
        yield Fault(f"the text holds {what} ({codes}) {times}, first at {start}; {remedy}.",
                    start=start, end=end)  # fmt: skip


def _text_empty(view: DocumentView) -> Iterator[Fault]:
    if not view.subject.characters or (view.subject.text is not None and not _visible(view)):
        yield Fault("the clean text is empty; look at the raw file and the cleaning rules.")


def _visible(view: DocumentView) -> bool:
    return bool((view.subject.text or "").strip())


def _text_odd_space(view: DocumentView) -> Iterator[Fault]:
    remedy = "let the cleaning rules make a space of it"
    return _first(view.subject.text or "", _SPACE, "a space that is none of ' '", remedy)


def _text_private_use(view: DocumentView) -> Iterator[Fault]:
    remedy = "find out which sign the font drew there"
    return _first(view.subject.text or "", _PRIVATE, "a private-use character", remedy)


def _text_mojibake(view: DocumentView) -> Iterator[Fault]:
    remedy = "the bytes were read in another encoding than they were written in"
    return _first(view.subject.text or "", _MOJIBAKE, "broken UTF-8", remedy)


def _text_homoglyph(view: DocumentView) -> Iterator[Fault]:
    text = view.subject.text or ""
    for match in _mixed(text):
        yield Fault(
            f"the word at [{match.start()}, {match.end()}) mixes Latin letters with "
            f"{_foreign(match[0])}; write it in one alphabet.",
            start=match.start(),
            end=match.end(),
        )


def _mixed(text: str) -> Iterator[re.Match[str]]:
    """Words that have Latin letters and letters of a script that resembles Latin."""
    if _LOOKALIKE.search(text):
        for match in _WORD.finditer(text):
            if _LOOKALIKE.search(match[0]) and _LATIN.search(match[0]):
                yield match


def _foreign(word: str) -> str:
    return ", ".join(unicodedata.name(letter) for letter in sorted({*_LOOKALIKE.findall(word)}))


def _names(entry: RegistryEntry) -> tuple[str, ...]:
    return (entry.name, *entry.aliases, *entry.ambiguous)


def _name_not_nfc(view: CorpusView) -> Iterator[Fault]:
    for entry in view.registry:
        for name in _names(entry):
            if not unicodedata.is_normalized("NFC", name):
                yield Fault(
                    f"the registry's {entry.id} has the name {name!r}, which is not in NFC and so "
                    "matches no text; compose it.",
                    record=entry.id,
                )


def _name_odd_character(view: CorpusView) -> Iterator[Fault]:
    for entry in view.registry:
        for name in _names(entry):
            odd = {c for c in name if c != " " and (c.isspace() or not c.isprintable())}
            if odd or name != " ".join(name.split(" ")).strip() or "  " in name or not name:
                codes = " ".join(f"U+{ord(c):04X}" for c in sorted(odd)) or "spaces at an edge"
                yield Fault(
                    f"the registry's {entry.id} has the name {name!r} with {codes}, which nobody "
                    "sees and no text has; write it with plain single spaces.",
                    record=entry.id,
                )


def _name_homoglyph(view: CorpusView) -> Iterator[Fault]:
    for entry in view.registry:
        for name in _names(entry):
            for match in _mixed(name):
                yield Fault(
                    f"the registry's {entry.id} has the name {name!r}, which mixes Latin letters "
                    f"with {_foreign(match[0])}; write it in one alphabet.",
                    record=entry.id,
                )


def _name_dash_differs(view: CorpusView) -> Iterator[Fault]:
    forms: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for entry in view.registry:
        for name in _names(entry):
            forms[_DASH.sub("-", name)].setdefault(name, entry.id)
    for spelt in forms.values():
        owners = list(dict.fromkeys(spelt.values()))
        if len(owners) > 1:
            yield Fault(
                f"{' and '.join(owners)} have names that differ in a dash only "
                f"({', '.join(map(repr, spelt))}); make them one entry, or spell them alike.",
                record=owners[-1],
            )


CHARACTER_CHECKS: tuple[Check[DocumentView], ...] = (
    Check(
        code="text-empty",
        level=1,
        severity="error",
        explanation="A clean text must have something to read.",
        function=_text_empty,
    ),
    Check(
        code="text-odd-space",
        level=1,
        severity="error",
        explanation="A clean text has no no-break, thin or other space but the plain one.",
        function=_text_odd_space,
        needs_text=True,
    ),
    Check(
        code="text-private-use",
        level=1,
        severity="error",
        explanation="A clean text has no private-use characters: only one font knows them.",
        function=_text_private_use,
        needs_text=True,
    ),
    Check(
        code="text-mojibake",
        level=1,
        severity="error",
        explanation="A clean text has no UTF-8 that was read as another encoding.",
        function=_text_mojibake,
        needs_text=True,
    ),
    Check(
        code="text-homoglyph",
        level=1,
        severity="warning",
        explanation="A word should be in one alphabet; Cyrillic and Greek letters can look Latin.",
        function=_text_homoglyph,
        needs_text=True,
    ),
)
NAME_CHECKS: tuple[Check[CorpusView], ...] = (
    Check(
        code="name-not-nfc",
        level=4,
        severity="error",
        explanation="Names in the registry must be in NFC, as texts are.",
        function=_name_not_nfc,
    ),
    Check(
        code="name-odd-character",
        level=4,
        severity="error",
        explanation="Names in the registry must have plain single spaces and nothing invisible.",
        function=_name_odd_character,
    ),
    Check(
        code="name-homoglyph",
        level=4,
        severity="warning",
        explanation="A word of a name should be in one alphabet.",
        function=_name_homoglyph,
    ),
    Check(
        code="name-dash-differs",
        level=4,
        severity="warning",
        explanation="Two entries should not differ by a hyphen against a dash only.",
        function=_name_dash_differs,
    ),
)
