from __future__ import annotations

import pytest

from ijcorpus.clean.decode import decode
from ijcorpus.errors import CleanError

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>A harbour | Post</title>
<style>p{color:red}</style><script>var a = "<p>no</p>";</script></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/w">World</a></li></ul></nav>
<div id="cookie"><p>We use cookies to give you the best experience.</p></div>
<article><h1>A harbour between two seas</h1>
<h2>Pilots and owners on the price of a quiet spring</h2>
<p class="byline">By Tama Nir</p><p class="meta">3 May 2019 | World | <a href="#">Print</a></p>
<figure><img src="q.jpg" alt="Quay"><figcaption>The old quay of Haifa</figcaption></figure>
<p>The port of Haifa&rsquo;s north quay moved 1.5 million boxes &amp; crates in 2018,<sup>1</sup>
more than any other on this coast, and the pilots say that the year after was no worse.</p>
<ul><li>The first point is about the price of fuel for the small boats.</li></ul>
<h2>Why does it matter?</h2>
<p>The bay is 10 km<sup>2</sup> wide, said a pilot who has worked there for thirty years, and it
was never so full of ships as in the spring of that year.<sup><a href="#n2">[2]</a></sup></p>
<p>The old quay of Haifa</p>
<div class="ad">Advertisement</div>
<ol class="notes"><li>Port figures.</li><li>Spoken in May.</li></ol></article>
<aside><h3>Related</h3><ul><li>Ten cranes</li></ul></aside>
<footer>All rights reserved</footer></body></html>"""

TEI = """<?xml version="1.0" encoding="UTF-8"?>
<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><title>Not this</title></teiHeader><text><body>
<div xml:id="other"><head>Other</head><p>Nothing.</p></div>
<div xml:id="harbour"><head>A harbour between two seas, <date>1952</date></head>
<p>The <hi rend="italic">port</hi> of Haifa &amp; its
   pilots.<note>A note of the editor.</note> It rained.</p>
<figure><graphic url="q.jpg"/><head>The old quay. (Harbour Archive)</head></figure>
<head>Afterwards</head><p>Nobody came.</p></div></body></text></TEI>"""


def test_page(cleaned, sections) -> None:
    document = cleaned(PAGE, format="html")
    found = sections(document)
    assert [kind for kind, _ in found] == [
        *("title", "summary", "byline", "date", "caption", "body", "body", "heading"),
        *("body", "note", "note"),
    ]
    assert found[5][1].startswith("The port of Haifa\u2019s north quay moved 1.5 million boxes & ")
    assert "2018, more" in document.text
    assert "10 km\u00b2 wide" in document.text
    assert document.text.count("The old quay") == 1
    assert cleaned(document.text).text == document.text


def test_page_offsets_reach_the_entities(cleaned) -> None:
    document = cleaned(PAGE, format="html")
    raw = decode(PAGE.encode())
    at = document.text.index("boxes & crates")
    start, end = document.raw_map.interval(at, at + len("boxes & crates"))
    assert raw[start:end] == "boxes &amp; crates"
    at = document.text.index("\u2019s north")
    start, end = document.raw_map.interval(at, at + 1)
    assert raw[start:end] == "&rsquo;"


def test_tei(cleaned, sections) -> None:
    document = cleaned(TEI, format="tei", fragment="harbour")
    assert sections(document) == [
        ("title", "A harbour between two seas, 1952"),
        ("body", "The port of Haifa & its pilots."),
        ("note", "A note of the editor."),
        ("body", "It rained."),
        ("caption", "The old quay. (Harbour Archive)"),
        ("heading", "Afterwards"),
        ("body", "Nobody came."),
    ]
    at = document.text.index("Haifa & its")
    start, end = document.raw_map.interval(at, at + len("Haifa & its"))
    assert TEI[start:end] == "Haifa &amp; its"


BOMB = '<!DOCTYPE t [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><text><p>&b;</p></text>'
OUTSIDE = '<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]><text><p>&x;</p></text>'


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (BOMB, "declares entities"),
        (OUTSIDE, "declares entities"),
        ("<text><p>open</text>", "not well-formed XML"),
        ("<text>" * 400 + "</text>" * 400, "not well-formed XML|no text is left"),
        (TEI.replace('"harbour"', '"port"'), "no xml:id 'harbour'; divisions .*: other, port"),
    ],
    ids=["bomb", "external", "malformed", "deep", "missing"],
)
def test_tei_refusals(cleaned, raw: str, message: str) -> None:
    with pytest.raises(CleanError, match=rf"^invented-001: .*({message})"):
        cleaned(raw, format="tei", fragment=None if "xml:id" not in raw else "harbour")


def test_broken_page_is_read_as_far_as_it_goes(cleaned) -> None:
    broken = "<html><body><p>A < B and <b>bold &unknown; text</p><p>The end <a href='x>never"
    assert "A < B and bold &unknown; text" in cleaned(broken, format="html").text
