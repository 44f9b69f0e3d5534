"""Lines that belong to a page and not to its text, told by their shape.

Each rule is one entry of data: a name, cheap words of which one must occur (none: always look),
and a pattern the whole line must match. Rules know no publisher.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ijcorpus.clean.vocabulary import vocabulary


class Rule(NamedTuple):
    """Drop a line (in lower case) that matches `pattern` and holds one of `hints`."""

    name: str
    pattern: re.Pattern[str]
    hints: tuple[str, ...] = ()


def _rule(name: str, pattern: str, hints: str = "") -> Rule:
    return Rule(name, re.compile(pattern), tuple(filter(None, hints.split("|"))))


_CHANNELS = (
    r"(?:facebook|twitter|x|whatsapp|linkedin|telegram|e-?mail|print|reddit|instagram|youtube"
    r"|copy link|link|pinterest|line|pocket|messenger|rss|threads|bluesky|mastodon|tweet|save"
    r"|social media)"
)
_THINGS = (
    r"(?:article|story|page|post|pdf|record|essay|statement|document|interview|report|analysis"
    r"|column|text|piece|link|commentary|paper|release)"
)
_PLACES = (
    r"(?:content|navigation|search|top|article|homepage|home|main|menu|footer|results|list|index"
    r"|publications|news|essays|statements|records|archives?|documents|page|section|site|overview)"
)
_NEWSLETTER = (
    r"(?:newsletters?|updates|inbox|alerts?|app|e-?mails?|digest|mailing list|briefing|channel"
    r"|podcast|free|unlimited access|members?|account|today|now)"
)

NOISE: tuple[Rule, ...] = (
    _rule("no words", r"[\W_]+"),
    _rule("page number", r"(?:page |p\. ?)?\d{1,3}(?: ?(?:of|/) ?\d{1,3})?"),
    _rule(
        "page header",
        r"[^.]{0,120}\b(?:page|sheet|folio) \d{1,3} (?:of|/) \d{1,3}\b[^.]{0,40}"
        r"|(?:[^.,;:\s]+ ){1,6}(?:page|sheet|folio) \d{1,3}",
        "page|sheet|folio",
    ),
    _rule("jump link", r"(?:skip|jump) to (?:[\w-]+ ){0,3}[\w-]+", "skip|jump"),
    _rule("jump link", rf"(?:back|return) to (?:the |all |main |our )*{_PLACES}", "back|return"),
    _rule(
        "button",
        r"(?:share|print|save|e-?mail|tweet|comments?|menu|search|close|home|subscribe|register"
        r"|log ?in|sign ?in|sign ?up|listen|play|pause|bookmark|font size|text size|a\+|a-|more"
        r"|next|previous|prev|top|sponsored|promoted|loading|back|reply|report|follow|donate"
        r"|contact(?: us)?|about(?: us)?|my account|site ?map|toggle navigation|open menu"
        r"|terms of (?:use|service)|privacy policy|donate now|support us|leave a comment"
        r"|view comments|no comments|comments \(\d+\)|gift article"
        r"|print(?:er)?[- ](?:friendly )?version)[:…»>]*",
    ),
    _rule(
        "button",
        rf"\W*(?:share|print|save|e-?mail|download|cite|send|tweet|gift|copy)(?: this| the)?"
        rf" (?:{_THINGS}|(?:to )?an? (?:friend|colleague))\W*",
        "share|print|save|mail|download|cite|send|tweet|gift|copy",
    ),
    _rule("tool bar", r"(?:\[[^\[\]]{1,30}\]\s*){2,}", "print|share|send|mail"),
    _rule(
        "tool bar",
        r"(?:(?:e-?mail|print|save|share|tweet|(?:text|font) size|a[+-]?|comments?|pdf|listen)"
        r"\b[+|:,/ ]*){2,}",
        "mail|print|save|share|size",
    ),
    _rule(
        "share line",
        rf"(?:share|save|print|send|tweet|post|e-?mail)(?: this)?(?: {_THINGS})?"
        rf"(?: (?:on|via|to|by|with))?[:.]?(?:[\s,|/·•&]+(?:and |or |on |via )?{_CHANNELS})+[.!]?",
        "share|save|print|send|tweet|post|mail",
    ),
    _rule("channels", rf"{_CHANNELS}(?:[\s,|/·•&]+{_CHANNELS})+"),
    _rule(
        "menu",
        r"(?:(?:home|about|research|events|publications|contact|news|people|media|members|topics"
        r"|regions|essays|archive|books|blog|podcasts?|search|login|statements|latest|menu"
        r"|commentary|interviews|us)\b ?){2,}",
    ),
    _rule("counter", r"\d[\d,.]*k? ?(?:shares?|comments?|views?|likes?|retweets?)"),
    _rule("reading time", r"(?:reading time:? )?(?:about )?\d+[- ]min(?:ute)?s?(?: read)?", "min"),
    _rule(
        "read more",
        r"(?:read|see|learn|view|show|load|click|continue) (?:more|reading|here|all)"
        r"(?: (?:about|on|at|from|in|to|below)\b[^.]{0,80}|:[^.]{0,80})?[.…»>→]*"
        r"|(?:read|view) the (?:full|whole|original|entire) [^.]{0,40}[.…»>→]*",
        "read|see|learn|view|show|load|click|continue",
    ),
    _rule(
        "advertisement",
        r"(?:advertisements?|advertising|sponsored content|paid content|ad"
        r"|scroll to continue.{0,40}"
        r"|(?:story|article) continues below.{0,30}|continue reading below.{0,30})[.:]?",
        "ad|sponsor|paid|continue",
    ),
    _rule(
        "subscription",
        rf"(?:subscribe|sign up|register)\b.{{0,80}}\b{_NEWSLETTER}\b.{{0,60}}"
        rf"|(?:join|get|receive|download|try) (?:us|our|the|your)\b.{{0,60}}\b{_NEWSLETTER}[.!]?"
        r"|support (?:us|our (?:work|journalism|newsroom))\b.{0,60}"
        r"|become an? (?:member|subscriber|patron|supporter)\b.{0,60}"
        r"|(?:already a )?(?:member|subscriber)\? (?:log|sign) in[.]?",
        "subscribe|sign|register|join|get|receive|download|try|support|become|member",
    ),
    _rule("newsletter", r"(?:our )?newsletters?:?|enter your e-?mail(?: address)?.{0,60}"),
    _rule(
        "follow us",
        rf"(?:follow|like|find|join|connect with) (?:us|@\w+)(?: on\b.{{1,80}}|[.:!]*)"
        rf"|follow [\w ]{{1,40}} on {_CHANNELS}.{{0,40}}",
        "follow|like|find|join|connect",
    ),
    _rule(
        "cookie notice",
        r"(?=.*\b(?:uses? cookies|cookies? (?:policy|settings|notice|preferences|to)|all cookies))"
        r".{0,400}",
        "cookie",
    ),
    _rule(
        "copyright",
        r"(?:©|\(c\) (?:\d{4}|copyright)|copyright[:,]? ?(?:©|\(c\)|\d{4}|by\b|held|notice))"
        r".{0,250}",
        "©|(c)|copyright",
    ),
    _rule(
        "rights",
        r".{0,150}(?:all rights reserved|not be (?:reproduced|republished|redistributed)).{0,120}",
        "reserved|not be re",
    ),
    _rule(
        "filing",
        r"(?:filed under|filed in|tags?|tagged|topics?|categor(?:y|ies)|publication|posted in"
        r"|section|keywords|labels|more (?:on|in)|short url|url|source url|permalink"
        r"|article url|jel codes?|issn)(?: this)?: .{1,120}",
        ": ",
    ),
    _rule("print header", r"(?:- )?[^.]{2,80} - (?:https?://|www\.)\S+ ?-?", "://|www."),
    _rule(
        "print footer",
        r"(?:this )?article (?:was )?printed from.{0,200}|url to article.{0,200}"
        r"|(?:printed|retrieved) (?:from|on):? ?(?:https?://|www\.|\d).{0,100}"
        r"|click here to print.{0,20}|this page was (?:printed|generated) (?:from|on|at|by).{0,80}",
        "print|url|generated|retrieved",
    ),
    _rule("address", r"(?:link: |url: )?(?:https?://|www\.)\S+", "://|www."),
    _rule("trail", r"you are here: .{1,120}", "you are here"),
    _rule("trail", r"home(?: ?[>»›/|→·] ?[^.>»›/|→]{1,60})+", "home"),
    _rule("trail", r"[^.>»›→]{1,40}(?: ?[>»›→] ?[^.>»›→]{1,80}){1,6}", ">|»|›|→"),
    _rule("menu", r"[^.|\d]{1,40}(?: ?\| ?[^.|\d]{1,40}){2,12}", " | "),
    _rule("menu", r"[^.·\d]{1,25}(?: · [^.·\d]{1,25}){2,12}", "·"),
)
"""Whole lines to drop, in the order they are tried."""

_RELATED = re.compile(
    r"(?:related|see also|read also|also read|read next|more stories|most (?:read|popular|viewed)"
    r"|trending(?: now)?|recommended(?: for you| reading)?"
    r"|you (?:may|might) also (?:like|be interested in)"
    r"|more from .{1,40}|editors?['’]?s? picks?|latest (?:news|stories)|up next|don['’]t miss)"
    r"(?: (?:articles?|stories|posts?|news|documents?|records?|essays?|statements?|topics?|coverage"
    r"|content|reading|links?))?(?P<target>: ?.{0,120})?"
)
_SECTION_LABELS = vocabulary(
    "opinion|opinions|analysis|world|world news|politics|business|news|economy|tech|technology|asia"
    "|middle east|features|feature|editorial|commentary|culture|sport|sports|latest|breaking"
    "|breaking news|top stories|video|videos|photos|podcast|podcasts|international|national"
    "|diplomacy|markets|finance|special report|interviews|essay|essays|reviews|op-ed|op-eds"
    "|exclusive|premium|subscribers only|members only|archive|archives|magazine|blog|blogs",
    "|",
)
_LONGEST = 500


def noise(line: str) -> str | None:
    """The name of the rule that drops this line, None when it stays."""
    if len(line) > _LONGEST:
        return None
    low = line.lower()
    for rule in NOISE:
        hinted = not rule.hints or any(hint in low for hint in rule.hints)
        if hinted and rule.pattern.fullmatch(low):
            return rule.name
    match = _RELATED.fullmatch(low)
    return "related" if match else None


def opens_related(line: str) -> bool:
    """Is this the bare heading of a list of other articles?"""
    match = _RELATED.fullmatch(line.lower())
    return match is not None and not (match["target"] or "").strip(": ")


def is_section_label(line: str) -> bool:
    """Is this the name of a part of a site, such as `World`?"""
    return line.lower().strip(" :") in _SECTION_LABELS
