"""Asking servers: redirects, waits, limits, robots.txt and addresses that are not asked."""

from __future__ import annotations

import gzip
import itertools
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler

import pytest
from pages import Clock, Site, answer, one_after_another, redirect, web

from ijcorpus.errors import SourceError
from ijcorpus.fetch.address import RefusedError, is_public
from ijcorpus.fetch.web import agent


def test_a_page_and_who_asks(server: Site) -> None:
    server.pages["/a"] = answer(b"plum", ETag='"1"')
    found = web().get(server.root + "/a#part")
    assert (found.status, found.body, found.headers["etag"]) == (200, b"plum", '"1"')
    assert [path for path, _ in server.asked] == ["/robots.txt", "/a"]
    for _, headers in server.asked:
        assert headers["user-agent"] == agent() and agent().startswith("ijcorpus/")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(server: Site, status: int) -> None:
    server.pages["/a"] = redirect("b?x=1", status)
    server.pages["/b?x=1"] = redirect(server.root + "/c", status)
    server.pages["/c"] = answer(b"plum")
    found = web().get(server.root + "/a")
    assert found.url == server.root + "/c" and found.body == b"plum"


def test_redirects_in_a_circle_and_without_end(server: Site) -> None:
    server.pages["/a"], server.pages["/b"] = redirect("/b"), redirect("/a")
    with pytest.raises(SourceError, match="redirects in a circle"):
        web().get(server.root + "/a")
    assert server.paths() == ["/a", "/b"]
    for n in range(9):
        server.pages[f"/{n}"] = redirect(f"/{n + 1}")
    with pytest.raises(SourceError, match="redirects more than 5 times"):
        web().get(server.root + "/0")
    assert len(server.paths()) == 2 + 6


@pytest.mark.parametrize(
    "to",
    [
        "file:///etc/hostname",
        "ftp://example.org/x",
        "http://name:word@example.org/",
        "https:///x",
        "//[x",
    ],
)
def test_redirects_elsewhere_are_refused(server: Site, to: str) -> None:
    server.pages["/a"] = redirect(to)
    with pytest.raises(RefusedError) as refused:
        web().get(server.root + "/a")
    assert "word" not in str(refused.value).replace("password", "")


@pytest.mark.parametrize(
    "url", ["http://[x/", "http://h\x1b[2J/", "http://h/\u202e", "http://h\0/"]
)
def test_what_is_no_address_is_refused_in_signs_that_can_be_printed(url: str) -> None:
    with pytest.raises(RefusedError, match="is no address") as refused:
        web(private=False).get(url)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.2", "[::1]", "0.0.0.0", "2130706433"])
def test_private_hosts_are_refused(server: Site, host: str) -> None:
    port = server.root.rpartition(":")[2]
    with pytest.raises(RefusedError, match="of this machine or a private network"):
        web(private=False).get(f"http://{host}:{port}/a")
    server.pages["/a"] = redirect(f"http://{host}:{port}/b")
    with pytest.raises(RefusedError, match="of this machine or a private network"):
        web().get(server.root + "/a")  # only the source's own host is trusted
    assert server.paths() == ["/a"]


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::5db8:d822", True),
        ("::7f00:1", False),
        ("fec0::1", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) == public


def test_a_name_that_changes_its_address_is_refused(
    server: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looked up as a public address, connected to as a private one."""
    server.pages["/a"] = answer(b"secret")
    monkeypatch.setattr("ijcorpus.fetch.web.refuse_private", lambda *_: None)
    with pytest.raises(RefusedError, match="an address of a private network"):
        web(private=False).get(server.root + "/a")


def test_unknown_hosts_and_closed_ports(server: Site) -> None:
    clock = Clock()
    with pytest.raises(SourceError, match="nowhere.invalid is not known"):
        web(clock, private=False).get("https://nowhere.invalid/a")
    server.pages["/robots.txt"] = answer(b"")
    with pytest.raises(SourceError, match=r"robots\.txt of 127\.0\.0\.1 cannot be read"):
        web(clock, tries=2).get("http://127.0.0.1:9/a")
    assert clock.slept == [1.0]


def test_robots_txt_is_heeded(server: Site) -> None:
    rules = (
        b"User-agent: ijcorpus\nDisallow: /private/\nCrawl-delay: 7\n\nUser-agent: *\nDisallow: /\n"
    )
    server.pages["/robots.txt"] = answer(rules)
    server.pages["/open"] = server.pages["/private/x"] = answer(b"plum")
    server.pages["/a"] = redirect("/private/x")
    clock = Clock()
    asking = web(clock)
    assert asking.get(server.root + "/open").status == 200
    assert clock.slept == [7.0]  # after robots.txt itself
    for path in ("/private/x", "/a"):
        with pytest.raises(RefusedError, match=r"robots\.txt of 127\.0\.0\.1 does not allow"):
            asking.get(server.root + path)
    assert server.paths() == ["/open", "/a"]
    assert [path for path, _ in server.asked].count("/robots.txt") == 1


@pytest.mark.parametrize(
    ("status", "allowed"), [(404, True), (410, True), (401, False), (403, False), (500, False)]
)
def test_what_a_missing_robots_txt_means(server: Site, status: int, allowed: bool) -> None:
    server.pages["/robots.txt"] = answer(b"no", status)
    server.pages["/a"] = answer(b"plum")
    if allowed:
        assert web().get(server.root + "/a").body == b"plum"
    else:
        with pytest.raises(RefusedError, match=r"robots\.txt"):
            web().get(server.root + "/a")
        assert not server.paths()


def test_a_server_that_asks_to_wait_is_waited_for(server: Site) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=50), usegmt=True)
    server.pages["/a"] = one_after_another(
        answer(b"", 429, Retry_After="30"),
        answer(b"", 503, Retry_After=later),
        answer(b"", 429, Retry_After="soon"),
        answer(b"plum"),
    )
    clock = Clock()
    assert web(clock).get(server.root + "/a").body == b"plum"
    first, second, third = clock.slept
    assert first == 30.0 and 30.0 < second <= 50.0 and third == 4.0


def test_a_date_beyond_all_calendars_is_no_wait(server: Site) -> None:
    date = "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"
    server.pages["/a"] = one_after_another(answer(b"", 503, Retry_After=date), answer(b"plum"))
    clock = Clock()
    assert web(clock).get(server.root + "/a").body == b"plum" and clock.slept == [1.0]


def test_nobody_waits_for_ever(server: Site) -> None:
    server.pages["/a"] = answer(b"", 429, Retry_After="86400")
    clock = Clock()
    with pytest.raises(SourceError, match="429 and asks to wait 86400 seconds: repeat it then"):
        web(clock).get(server.root + "/a")
    assert clock.slept == [] and server.paths() == ["/a"]


def test_faults_of_the_server_are_tried_again_with_longer_rests(server: Site) -> None:
    server.pages["/a"] = one_after_another(answer(b"", 500), answer(b"", 502), answer(b"plum"))
    clock = Clock()
    assert web(clock).get(server.root + "/a").body == b"plum"
    assert clock.slept == [1.0, 2.0]
    server.pages["/b"] = answer(b"", 500)
    with pytest.raises(SourceError, match="answers 500, 4 times"):
        web().get(server.root + "/b")
    assert server.paths().count("/b") == 4


def test_an_endless_body_is_cut(server: Site) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"plum " * 4096)

    server.pages["/a"] = endless
    with pytest.raises(SourceError, match="is longer than 100,000 bytes"):
        web(bytes=100_000).get(server.root + "/a")
    assert server.paths() == ["/a"]  # it is not asked for again


def test_a_small_answer_that_unpacks_to_a_large_one_is_cut(server: Site) -> None:
    packed = gzip.compress(b"0" * 5_000_000)
    server.pages["/a"] = answer(packed, Content_Encoding="gzip")
    assert len(packed) < 100_000
    with pytest.raises(SourceError, match="is longer than 100,000 bytes"):
        web(bytes=100_000).get(server.root + "/a")


@pytest.mark.parametrize("packing", ["gzip, gzip", "zstd", "br", "x-gzip"])
def test_an_answer_packed_otherwise_than_asked_is_refused(server: Site, packing: str) -> None:
    """Packed twice, 20 kB unpack to 10 GB in one step."""
    body = gzip.compress(gzip.compress(b"0" * 1_000_000))
    server.pages["/a"] = answer(body, Content_Encoding=packing)
    with pytest.raises(SourceError, match="is packed as"):
        web().get(server.root + "/a")
    assert server.paths() == ["/a"]


def test_a_slow_answer_is_given_up(server: Site) -> None:
    stop = threading.Event()

    def silent(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "10")
        handler.end_headers()
        stop.wait(10)

    server.pages["/a"] = silent
    with pytest.raises(SourceError, match=r"timed out|ReadTimeout"):
        web(step=1.0, tries=2).get(server.root + "/a")
    stop.set()
    assert server.paths() == ["/a", "/a"]


def test_an_answer_in_drops_is_given_up(server: Site) -> None:
    """Every drop comes in time, but the whole does not."""
    server.pages["/a"] = answer(b"plum" * 100)
    clock = Clock()
    ticks = itertools.count(0, 50)
    asking = web(clock, whole=40.0)
    asking.clock = lambda: float(next(ticks))
    with pytest.raises(SourceError, match="takes over 40 seconds"):
        asking.get(server.root + "/a")


def test_one_request_at_a_time_with_a_rest_between(server: Site) -> None:
    server.pages["/a"] = server.pages["/b"] = answer(b"plum")
    clock = Clock()
    asking = web(clock, pause=3.0)
    asking.get(server.root + "/a")
    asking.get(server.root + "/b")
    assert clock.slept == [3.0, 3.0] and server.most_at_once == 1
