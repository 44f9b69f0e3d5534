"""Copies of a text as readers have them, each word knowing which word it was."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

from ijcorpus.standoff.tokens import Words, normalise, words


class Word(NamedTuple):
    """A word of a copy: what stands before it, its letters, the word it was (or -1), if changed."""

    before: str
    letters: str
    was: int
    changed: bool = False


class Mutant(NamedTuple):
    """A copy as text, cut into words: `was` has the word each of them was, or -1."""

    text: str
    cut: Words
    was: list[int]


Copy = list[Word]
Change = Callable[[Copy, random.Random], Copy]
OCR = {"m": "rn", "l": "1", "e": "c", "o": "0", "i": "l", "h": "b", "n": "ri", "a": "s", "t": "f"}
BENT = str.maketrans({'"': "\u201d", "'": "\u2019"})
STRAIGHT = str.maketrans(dict.fromkeys("\u201c\u201d", '"') | dict.fromkeys("\u2018\u2019", "'"))
ANGLED = str.maketrans({"\u201c": "\u00ab", "\u201d": "\u00bb", '"': "\u201e"})
BARE = str.maketrans(dict.fromkeys('\u201c\u201d"'))
FILLER = [
    "moss",
    "lantern",
    "quarry",
    "violet",
    "harbinger",
    "thimble",
    "ochre",
    "saffron",
    "gimlet",
    "walrus",
    "tundra",
]


def original(text: str) -> Copy:
    cut = words(text)
    made, end = [], 0
    for n, (start, stop) in enumerate(zip(cut.starts, cut.ends, strict=True)):
        made.append(Word(text[end:start], text[start:stop], n))
        end = stop
    return made


def written(copy: Copy) -> Mutant:
    text = "".join(word.before + word.letters for word in copy)
    whole: dict[tuple[int, int], int] = {}
    at = 0
    for word in copy:
        start = at + len(word.before)
        at = start + len(word.letters)
        whole[start, at] = -1 if word.changed else word.was
    # What a change made of two words, or of a part of one, is none of them.
    cut = words(text)
    return Mutant(text, cut, [whole.get(one, -1) for one in zip(cut.starts, cut.ends, strict=True)])


def paragraphs(copy: Copy) -> list[Copy]:
    made: list[Copy] = [[]]
    for word in copy:
        if "\n\n" in word.before and made[-1]:
            made.append([])
        made[-1].append(word)
    return made


def flat(parts: list[Copy]) -> Copy:
    made: Copy = []
    for part in parts:
        if made and part and "\n\n" not in part[0].before:
            part = [part[0]._replace(before=".\n\n"), *part[1:]]
        made += part
    return made


def filler(rng: random.Random, count: int) -> Copy:
    return [Word(" ", rng.choice(FILLER) + rng.choice("abcdefgh"), -1, True) for _ in range(count)]


def moved(copy: Copy, rng: random.Random) -> Copy:
    parts = paragraphs(copy)
    one = parts.pop(rng.randrange(len(parts)))
    parts.insert(rng.randrange(len(parts) + 1), one)
    return flat(parts)


def dropped(copy: Copy, rng: random.Random) -> Copy:
    parts = paragraphs(copy)
    if len(parts) > 1:
        parts.pop(rng.randrange(len(parts)))
    return flat(parts)


def inserted(copy: Copy, rng: random.Random) -> Copy:
    parts = paragraphs(copy)
    parts.insert(rng.randrange(len(parts) + 1), filler(rng, rng.randint(5, 60)))
    return flat(parts)


def repeated(copy: Copy, rng: random.Random) -> Copy:
    """A paragraph stands twice: a teaser, or a pull quote."""
    parts = paragraphs(copy)
    parts.insert(rng.randrange(len(parts) + 1), rng.choice(parts))
    return flat(parts)


def reworded(share: float) -> Change:
    """Words replaced, left out and put in."""

    def change(copy: Copy, rng: random.Random) -> Copy:
        made: Copy = []
        for word in copy:
            draw = rng.random() / share
            if draw < 0.5:
                made.append(word._replace(letters=rng.choice(FILLER), changed=True))
            elif draw < 0.75:
                made += [word, *filler(rng, rng.randint(1, 3))]
            elif draw >= 1:
                made.append(word)
        return made or copy

    return change


def swapped(copy: Copy, rng: random.Random) -> Copy:
    """Words of the text itself take the places of others."""
    made = list(copy)
    for _ in range(max(1, len(made) // 60)):
        a, b = rng.randrange(len(made)), rng.randrange(len(made))
        other = made[b].letters
        changed = normalise(other) != normalise(copy[a].letters)
        made[a] = made[a]._replace(letters=other, changed=made[a].changed or changed)
    return made


def scanned(share: float) -> Change:
    """Errors of character recognition: letters misread, words broken in two or run together."""

    def change(copy: Copy, rng: random.Random) -> Copy:
        made: Copy = []
        joined = False
        for word in copy:
            letters = "".join(
                OCR.get(one, one) if rng.random() < share else one for one in word.letters
            )
            differs = word.changed or normalise(letters) != normalise(word.letters)
            word = word._replace(letters=letters, changed=differs)
            if joined and "\n" not in word.before:
                made[-1] = made[-1]._replace(letters=made[-1].letters + letters, changed=True)
                joined = False
                continue
            draw, middle = rng.random() / share, rng.randint(1, max(len(letters) - 1, 1))
            joined = 1 <= draw < 1.5
            if draw < 0.5 and len(letters) > 1:
                made.append(word._replace(letters=letters[:middle], changed=True))
                word = Word(" ", letters[middle:], word.was, True)
            made.append(word)
        return made

    return change


def quotes(copy: Copy, rng: random.Random) -> Copy:
    """Quotation marks and apostrophes bent, straightened, turned into others or left out."""
    table = rng.choice((BENT, STRAIGHT, ANGLED, BARE))
    return [w._replace(before=w.before.translate(table) or " ") for w in copy]


def dashes(copy: Copy, rng: random.Random) -> Copy:
    other = rng.choice(("-", "\u2013", "\u2014", " \u2013 ", "--", "\u2011"))
    table = str.maketrans(dict.fromkeys("-\u2010\u2013\u2014", other))
    return [w._replace(before=w.before.translate(table)) for w in copy]


def white_space(copy: Copy, rng: random.Random) -> Copy:
    blanks = ["  ", "\n", "\u00a0", "\t", " "]
    return [w._replace(before=w.before.replace(" ", rng.choice(blanks))) for w in copy]


def shouted(copy: Copy, rng: random.Random) -> Copy:
    return [w._replace(letters=w.letters.upper()) if rng.random() < 0.3 else w for w in copy]


def decomposed(copy: Copy, rng: random.Random) -> Copy:
    form = rng.choice(["NFD", "NFKD"])
    return [w._replace(letters=unicodedata.normalize(form, w.letters)) for w in copy]


def hyphenated(copy: Copy, rng: random.Random) -> Copy:
    """Long words broken at the end of a line, by a hyphen or a soft hyphen."""
    made = []
    for word in copy:
        letters = word.letters
        if len(letters) > 6 and re.fullmatch("[a-z]+", letters) and rng.random() < 0.2:
            letters = letters[:3] + rng.choice(["-\n", "\u00ad", "\u2010\n"]) + letters[3:]
        made.append(word._replace(letters=letters))
    return made


def boilerplate(copy: Copy, rng: random.Random) -> Copy:
    head, foot = filler(rng, rng.randint(5, 80)), filler(rng, rng.randint(5, 120))
    return flat([head, copy, foot])


def twice(copy: Copy, rng: random.Random) -> Copy:
    return flat([copy, filler(rng, rng.randint(0, 9)), copy])


def two_editions(copy: Copy, rng: random.Random) -> Copy:
    """Two copies in one file, each with changes of its own."""
    parts = []
    for _ in range(2):
        part = copy
        for change in rng.sample(EDITED, 2):
            part = change(part, rng)
        parts.append(part)
    return flat([parts[0], filler(rng, rng.randint(0, 9)), parts[1]])


def another(copy: Copy, other: Copy, rng: random.Random) -> Copy:
    """Another article, of whose words none is one of ours."""
    return [word._replace(was=-1) for word in other]


def another_quoting(copy: Copy, other: Copy, rng: random.Random) -> Copy:
    """Another article that quotes sentences of ours."""
    begins = [n for n, w in enumerate(copy) if re.search("[.?!]|\n\n", w.before)]
    made = another(copy, other, rng)
    for n in rng.sample(range(len(begins) - 1), rng.randint(1, 4)):
        quote = copy[begins[n] : begins[n + rng.randint(1, 3)] if n + 3 < len(begins) else None]
        at = rng.randrange(len(made))
        made[at:at] = [quote[0]._replace(before=". \u201c"), *quote[1:60]]
    return made


def another_naming(copy: Copy, other: Copy, rng: random.Random) -> Copy:
    """Another article about those whom ours names."""
    names = [w.letters for w in copy if w.letters[0].isupper()]
    return [
        w._replace(letters=rng.choice(names)) if w.letters[0].isupper() else w
        for w in another(copy, other, rng)
    ]


def wandering(source: Copy, count: int, rng: random.Random) -> str:
    """A long text that goes on, word by word, as the source does somewhere after its last word."""
    after: dict[str, list[Word]] = {}
    for one, two in pairwise(source):
        after.setdefault(one.letters, []).append(two)
    parts, word = [], source[0]
    for n in range(count):
        word = rng.choice(after.get(word.letters, source))
        parts.append((".\n\n" if n % 70 == 69 else " ") + word.letters)
    return "".join(parts)


def chorus(count: int, size: int, rng: random.Random) -> str:
    """A long text of few words, the first of them the most common, in which stretches come again."""
    vocabulary = [
        "".join(rng.choices("abcdefghijklmnop", k=rng.randint(1, 7))) for _ in range(size)
    ]
    made = rng.choices(vocabulary, [1 / (n + 1) for n in range(size)], k=count)
    for _ in range(8):
        start, length = rng.randrange(count - 200), rng.randint(3, 90)
        for there in rng.sample(range(count - 200), rng.randint(1, 3)):
            made[there : there + length] = made[start : start + length]
    return "".join((".\n\n" if n % 70 == 69 else " ") + one for n, one in enumerate(made)).strip()


def own_words(share: float) -> Change:
    """Words replaced, put in and said twice, by words of the text itself; and words left out."""

    def change(copy: Copy, rng: random.Random) -> Copy:
        made: Copy = []
        for word in copy:
            draw, other = rng.random() / share, rng.choice(copy).letters
            if draw < 0.35:
                differs = normalise(other) != normalise(word.letters)
                made.append(word._replace(letters=other, changed=word.changed or differs))
            elif draw < 0.7:
                made += [word, Word(" ", other, -1, True)]
            elif draw < 0.8:
                made += [word, Word(" ", word.letters, -1, True)]
            elif draw >= 1:
                made.append(word)
        return made or copy

    return change


EDITED = (moved, dropped, inserted, reworded(0.02), reworded(0.05), own_words(0.02), scanned(0.01))
HARMLESS: dict[str, Change] = {
    "quotes": quotes,
    "dashes": dashes,
    "white space": white_space,
    "case": shouted,
    "Unicode forms": decomposed,
    "hyphenation at line ends": hyphenated,
    "boilerplate": boilerplate,
}
HARMFUL: dict[str, Change] = {
    "a paragraph moved": moved,
    "a paragraph dropped": dropped,
    "a paragraph inserted": inserted,
    "a paragraph said twice": repeated,
    "words changed at 2 percent": reworded(0.02),
    "words changed at 8 percent": reworded(0.08),
    "words swapped": swapped,
    "words changed to others of the text": own_words(0.03),
    "OCR errors at 1 percent": scanned(0.01),
    "OCR errors at 3 percent": scanned(0.03),
    "OCR errors at 10 percent": scanned(0.1),
    "two copies in one file": twice,
    "two editions in one file": two_editions,
}
STRANGERS: dict[str, Callable[[Copy, Copy, random.Random], Copy]] = {
    "another article": another,
    "another article that quotes": another_quoting,
    "another article by the same names": another_naming,
}
KINDS = (*HARMFUL, *HARMLESS, *STRANGERS)


def plan(seed: int) -> list[str]:
    """The mutations of a copy: every kind in turn, with up to two harmful, two harmless ones."""
    rng, first = random.Random(seed), KINDS[seed % len(KINDS)]
    more = rng.sample([*HARMFUL], rng.randint(0, 2)) + rng.sample([*HARMLESS], rng.randint(0, 2))
    return [first, *(one for one in more if one != first)]


def mutant(copy: Copy, other: Copy, seed: int) -> Mutant:
    rng = random.Random(seed)
    source = copy
    for name in plan(seed):
        if name in STRANGERS:
            copy = STRANGERS[name](source, other, rng)
        else:
            copy = (HARMFUL | HARMLESS)[name](copy, rng)
    return written(copy)


LIGHT = (moved, dropped, inserted, repeated, reworded(0.01), scanned(0.003), swapped)


def revised(copy: Copy, rng: random.Random) -> Mutant:
    """Another edition of a long text: parts rewritten, moved or gone, and words here and there."""
    for _ in range(8):
        copy = rng.choice((moved, dropped, inserted))(copy, rng)
    for change in rng.sample(LIGHT, 1) + [rng.choice([*HARMLESS.values()])]:
        copy = change(copy, rng)
    parts = paragraphs(copy)
    for n in rng.sample(range(len(parts)), 4):
        parts[n] = reworded(0.5)(parts[n], rng)
    return written(flat(parts))
