from __future__ import annotations

import pytest

from ijcorpus.clean.noise import NOISE, noise

DROPPED = [
    "Skip to main content",
    "Back to top",
    "Share",
    "Print this page",
    "Share this article: E-mail | Print | Save",
    "Share on Facebook, WhatsApp and LinkedIn",
    "E-mail Print Text size: A A A",
    "[Print this page] [Send to a colleague]",
    "Facebook / Twitter / Email",
    "Home > World > Middle East",
    "Home | News | Opinion | Letters",
    "Wire desk > World",
    "You are here: Documents > Statements",
    "Home About Research Events",
    "Filed under: Israel",
    "Tags: Japan | Israel",
    "Advertisement",
    "Continue reading below",
    "Read more",
    "Read more: What founders ask",
    "Subscribe to our newsletter",
    "Sign up for our morning briefing",
    "Follow us on social media",
    "We use cookies to give you the best experience.",
    "This site uses cookies.",
    "\u00a9 2019 The Harbour Post",
    "All rights reserved.",
    "Related stories",
    "Related: Ten ships to watch",
    "- The Harbour Post - https://example.org -",
    "Article printed from The Harbour Post",
    "PRINT VERSION -- page 1 of 2",
    "5 min read",
    "12 comments",
    "* * *",
    "____",
    "3",
]
KEPT = [
    "Support for the boycott has fallen among members who are free to trade.",
    "Join the ministry today and you leave by noon, an aide said of the free posts.",
    "Back to the table",
    "Return to Haifa",
    "Home is where the harbour is",
    "Read the treaty before you sign it.",
    "Find peace, or find a lawyer",
    "Like Tokyo on trade",
    "The cookie maker in Haifa sells to Osaka.",
    "Copyright disputes delayed the film.",
    "Printed on silk, the map was a gift.",
    "He signed page 2 of 3 and left.",
    "See all sides of the boycott",
    "Share prices rose by 3 percent in Tokyo.",
    "Follow the money",
    "More trade, more trust",
    "(c) Foreign Minister Mori spoke of dishonour.",
    "Related matters were not raised at the session.",
    "Advertisers left the paper in 1973.",
    "1972",
]


@pytest.mark.parametrize("line", DROPPED)
def test_furniture_goes(line: str) -> None:
    assert noise(line)


@pytest.mark.parametrize("line", KEPT)
def test_text_stays(line: str) -> None:
    assert noise(line) is None


def test_every_rule_says_what_it_is_for() -> None:
    assert all(rule.name and rule.name == rule.name.lower() for rule in NOISE)
