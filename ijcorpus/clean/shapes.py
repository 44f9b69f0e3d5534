"""What a line is, told by its shape alone: never by its publisher or its place."""

from __future__ import annotations

import re

_MONTHS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTHS},? \d{{4}}"
    rf"|{_MONTHS} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|{_MONTHS},? \d{{4}}"
    rf"|\d{{4}}-\d\d-\d\d|\d{{1,2}}[./]\d{{1,2}}[./]\d{{4}})\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:\d{1,2}[:.]\d\d(?: ?[ap]\.?m\.?)?|gmt|utc|jst|ist|edt|est|(?:last )?updated|published"
    r"|posted|modified|on|at|date|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"(?:(?:written |reported |compiled |edited |interview(?:ed)? |text |story )?by|authors?:"
    r"|from our|reporting by|editing by|interviewer:|contributed by|as told to)\s\S",
    re.IGNORECASE,
)
_DESK = re.compile(
    r"\b(?:correspondent|reporter|staff|editor|editors|desk|bureau|writer|columnist|institute|center"
    r"|centre|foundation|university|ministry|agency|committee|secretariat|scholar|economist|analyst"
    r"|fellow|professor|lawyer|diplomat|ambassador|envoy|journalist|researcher|historian|director)\b",
    re.IGNORECASE,
)
_CAPTION_LABEL = (
    r"photo(?:graph)?s?|image|picture|pictured|caption|illustration|figure|fig\.|map|chart|graphic"
    r"|file photo"
)
_CAPTION = re.compile(
    rf"[\[(](?:{_CAPTION_LABEL})(?: \d{{1,2}})?(?::|[\])]| -| –| —)"
    rf"|(?:{_CAPTION_LABEL})(?: \d{{1,2}})?: ?\S",
    re.IGNORECASE,
)
_CAPTION_FRAME = re.compile(rf"^[\[(]?(?:{_CAPTION_LABEL})(?: \d{{1,2}})?[\]):–— -]+|[\])]$", re.I)
_NAME = re.compile(r"(?:[A-Z][\w.’'-]*\s?)+")
_CREDIT = re.compile(r".{12,}?(?P<credit>\([^()]{2,80}\))")
_CREDIT_ONLY = re.compile(r"\([^()]{2,80}\)")
_CREDIT_WORDS = re.compile(
    r"file|photo|image|courtesy|credit|\b(?:19|20)\d\d\b|ministry|agency|library|collection|archive"
    r"|reuters|press|museum|flickr|wiki|government",
    re.IGNORECASE,
)
_AGENCY = re.compile(r"[.!?][”\"]? \((?:[A-Z]{2,5})\)$")
_NOTE = re.compile(
    r"(?:editor['’]?s?['’]? note|corrections?|clarification|disclosure|disclaimer|notes?|sources?"
    r"|about the authors?|about this (?:record|document|text)|translator['’]?s? note)\s*[:—–-]\s*\S"
    r"|the (?:author|writer) is\b|(?:media|press) (?:enquir|inquir|contact)\w*:",
    re.IGNORECASE,
)
_NUMBERED_NOTE = re.compile(r"\[\d{1,2}\] |\d{1,2} [A-Z“\"]")
_FINAL = re.compile(r"[.!?…][)\]”’\"']*$")
_KEY_NOISE = re.compile(r"[\W_]+")


def key(line: str) -> str:
    """A line reduced to its letters and digits, to compare two of them."""
    return _KEY_NOISE.sub(" ", line.casefold()).strip()


def words(line: str) -> int:
    """How many words a line has."""
    return len(line.split())


def ends_sentence(line: str) -> bool:
    """Does the line end as a sentence does?"""
    return _FINAL.search(line) is not None


def is_long(line: str) -> bool:
    """Is this more than a label or a motto: a sentence, or fourteen words?"""
    return words(line) >= 14 or ends_sentence(line)


def is_prose(line: str) -> bool:
    """Is this a paragraph of running text?"""
    return words(line) >= 10 and re.search(r"[.!?…:;][)\]”’\"']*(?:\s|$)", line) is not None


def is_date(line: str) -> bool:
    """Is the line a date with little else, such as a place or a number?"""
    if words(line) > 14 or not _DATE.search(line):
        return False
    left = words(key(_TIME.sub(" ", _DATE.sub(" ", line))))
    return left <= (1 if ends_sentence(line) else 4)


def is_byline(line: str) -> bool:
    """Does the line say who wrote it?"""
    return words(line) <= 25 and not is_prose(line) and _BYLINE.match(line) is not None


def is_desk(line: str) -> bool:
    """Does a short line name an office or an office holder?"""
    return words(line) <= 12 and not ends_sentence(line) and _DESK.search(line) is not None


def is_caption(line: str) -> bool:
    """Is the line labelled as a picture's, or does it end with a credit in brackets?"""
    if words(line) > 60:
        return False
    if _CAPTION.match(line) or _AGENCY.search(line):
        return True
    match = _CREDIT.fullmatch(line)
    return match is not None and _CREDIT_WORDS.search(match["credit"]) is not None


def is_credit(line: str) -> bool:
    """Is the whole line a picture credit in brackets?"""
    if _CREDIT_ONLY.fullmatch(line) is None or _CAPTION.match(line):
        return False
    return _CREDIT_WORDS.search(line) is not None


def is_note(line: str) -> bool:
    """Is the line labelled as a note?"""
    return _NOTE.match(line) is not None


def is_numbered_note(line: str) -> bool:
    """Could the line be a footnote?"""
    return _NUMBERED_NOTE.match(line) is not None and not is_date(line)


def is_heading(line: str) -> bool:
    """Is the line short, without a sentence's end, and does it begin like a heading?"""
    if line[-1] in ",;" or line[0].islower() or ends_sentence(line) or line.startswith("("):
        return False
    return words(line) <= (6 if line[-1] == ":" else 14)


def is_name(line: str) -> bool:
    """Could the line be a person's name: two to four words, each with a capital?"""
    return 2 <= words(line) <= 4 and _NAME.fullmatch(line) is not None


def unlabelled(caption: str) -> str:
    """A caption without the label or bracket around it."""
    return _CAPTION_FRAME.sub("", caption)


def overlap(line: str, other: str) -> float:
    """The share of the shorter line's different words that the other has too."""
    first, second = set(key(line).split()), set(key(other).split())
    return len(first & second) / max(1, min(len(first), len(second)))
