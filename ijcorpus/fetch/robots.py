"""What a server's robots.txt allows, by RFC 9309: whole groups, `*` and `$`, the longest rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_PRODUCT = re.compile(r"[A-Za-z_-]+|\*")
_SECONDS = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_SAFE = "%/?:@!$&'()*+,;=[]~"


class Robots:
    """The rules of a robots.txt for one reader; `name` is how they call it.

    A line that says nothing known is passed over; groups with the same name are one. `delay` is
    the rest in seconds that the server wants between two requests.
    """

    def __init__(self, text: str, name: str) -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        names: list[str] = []
        begun = False
        for key, value in _records(text):
            if key == "user-agent":
                names = [] if begun else names
                begun = False
                if found := _PRODUCT.match(value):
                    names.append(found[0].lower())
                    groups.setdefault(names[-1], [])
            else:
                begun = begun or key != "crawl-delay"
                for one in names:
                    groups[one].append((key, value))
        mine = groups.get(name.lower(), groups.get("*", []))
        self._rules = [(key == "allow", value) for key, value in mine if key != "crawl-delay"]
        asked = [value for key, value in mine if key == "crawl-delay"]
        self.delay = max((float(one) for one in asked if _SECONDS.fullmatch(one)), default=0.0)

    def allows(self, url: str) -> bool:
        """Whether an address may be asked: the longest rule that matches says, or else yes."""
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        target = _normal(path).replace("*", "%2A").replace("$", "%24")
        said = [(len(rule), yes) for yes, rule in self._rules if rule and _matches(rule, target)]
        return max(said, default=(0, True))[1]


def _records(text: str) -> Iterator[tuple[str, str]]:
    for line in re.split(r"\r\n|\r|\n", text):
        key, _, value = line.partition("#")[0].partition(":")
        if (key := key.strip().lower()) in ("user-agent", "allow", "disallow", "crawl-delay"):
            yield key, value.strip()


def _matches(rule: str, target: str) -> bool:
    """Whether a rule's path fits the begin of a target; in time that grows with the two alone."""
    whole = rule.endswith("$")
    parts = [part.replace("$", "%24") for part in _normal(rule.removesuffix("$")).split("*")]
    first, *rest = parts
    if not rest and whole:
        return target == first
    if not target.startswith(first):
        return False
    at, last = len(first), rest.pop() if whole else ""
    for part in rest:
        found = target.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return target[at:].endswith(last)


def _normal(path: str) -> str:
    """A path with the escapes that it needs, in capitals, and no others."""

    def shorter(found: re.Match[str]) -> str:
        meant = chr(int(found[1], 16))
        return meant if _UNRESERVED.fullmatch(meant) else found[0].upper()

    return _ESCAPE.sub(shorter, quote(path, safe=_SAFE, errors="replace"))
