"""What a robots.txt allows: cases of RFC 9309, and files that would break a reader."""

from __future__ import annotations

import pytest

from ijcorpus.fetch.robots import Robots

ROOT = "https://example.org"


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("Disallow: /a", "/a", False),
        ("Disallow: /a", "/ab?c", False),
        ("Disallow: /a", "/A", True),
        ("Disallow:", "/a", True),
        ("Disallow: /", "", False),
        ("Disallow: /\nAllow: /open/", "/open/x", True),
        ("Allow: /\nDisallow: /a/b", "/a/b", False),
        ("Allow: /a\nDisallow: /a", "/a", True),
        ("Disallow: /*.pdf$", "/x/y.pdf", False),
        ("Disallow: /*.pdf$", "/x/y.pdf?z", True),
        ("Disallow: /a$", "/a", False),
        ("Disallow: /a$", "/ab", True),
        ("Disallow: /a*b*c", "/a-b-c-d", False),
        ("Disallow: /a*b*c", "/a-c-b", True),
        ("Disallow: /a*aa$", "/aa", True),
        ("Disallow: /*?print=", "/a?print=1", False),
        ("Disallow: /caf%c3%a9", "/café", False),
        ("Disallow: /café", "/caf%C3%A9", False),
        ("Disallow: /a%2Fb", "/a/b", True),
        ("Disallow: /%7ejoe", "/~joe", False),
        ("Disallow: /a%24", "/a$b", False),
        ("Disallow: /x # but why", "/x", False),
        ("Disallow: //[x", "/", True),
    ],
)
def test_which_rule_decides(rules: str, path: str, allowed: bool) -> None:
    assert Robots(f"User-agent: *\n{rules}", "reader").allows(ROOT + path) == allowed


def test_the_group_of_the_reader_goes_before_that_of_all() -> None:
    said = Robots(
        "Disallow: /nobody\nUser-agent: *\nDisallow: /\n\n"
        "USER-AGENT: Reader/2.0\nuser-agent: other\nDisallow: /a\r\n"
        "User-agent: read\rDisallow: /b\nUser-agent: reader\nDisallow: /c\nCrawl-delay: 2.5",
        "reader",
    )
    found = {path: said.allows(ROOT + path) for path in ("/a", "/b", "/c", "/d", "/nobody")}
    assert found == {"/a": False, "/b": True, "/c": False, "/d": True, "/nobody": True}
    assert said.delay == 2.5


def test_several_groups_of_all_are_one() -> None:
    said = Robots("User-agent: *\nCrawl-delay: 4\n\nUser-agent: *\nDisallow: /a", "reader")
    assert said.delay == 4.0 and not said.allows(ROOT + "/a")


@pytest.mark.parametrize("delay", ["²", "9" * 400, "9" * 5000, "-1", "nan", "1e9", ""])
def test_a_delay_that_is_no_number_is_passed_over(delay: str) -> None:
    said = Robots(f"User-agent: *\nCrawl-delay: {delay}\nDisallow: /a", "reader")
    assert said.delay == 0.0 and not said.allows(ROOT + "/a")
