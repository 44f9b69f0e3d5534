"""Asking servers politely: one request at a time, as robots.txt allows, within limits."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urldefrag, urljoin

from ijcorpus.document import Struct
from ijcorpus.errors import MissingExtraError, SourceError
from ijcorpus.fetch.address import RefusedError, is_public, origin, refuse_private
from ijcorpus.fetch.robots import Robots

if TYPE_CHECKING:
    import httpx

NAME = "ijcorpus"
_REDIRECTS = {301, 302, 303, 307, 308}
_ROBOTS_BYTES = 512_000


class Limits(Struct, frozen=True, kw_only=True):
    """How much is asked of a server, and borne from it. Times are seconds.

    `step` is the longest wait for a connection or for the next bytes, `whole` for a whole answer;
    `wait` the longest that a server may ask to wait, and `pause` the rest between two requests to
    one host.
    """

    step: float = 20.0
    whole: float = 120.0
    bytes: int = 20_000_000
    redirects: int = 5
    tries: int = 4
    wait: float = 120.0
    pause: float = 1.0


class Answer(NamedTuple):
    """A server's last answer: its address after redirects, status, headers and body."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


class Web:
    """One reader of public pages; `close` it, or use it in a `with` statement.

    `private` lets a source's own host be on this machine or a private network; where it redirects
    to must still be public. Proxies of the environment are not used.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        private: bool = False,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limits = limits or Limits()
        self.private = private
        self.sleep = sleep
        self.clock = clock
        self._robots: dict[tuple[str, str, int], Robots] = {}
        self._asked: dict[str, float] = {}
        self._trusted: set[tuple[str, str, int]] = set()
        self._client = _client(self.limits)

    def __enter__(self) -> Web:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """The answer of an address, after redirects; whatever its status, but for 429 and 5xx.

        Raises RefusedError when the address, or robots.txt, does not allow it, and SourceError with
        the reason when there is no answer within the limits.
        """
        place = origin(url)
        if self.private:
            self._trusted.add(place)
        return self._follow(url, headers or {}, self.limits.bytes, heed=True)

    def _follow(self, url: str, headers: Mapping[str, str], most: int, *, heed: bool) -> Answer:
        visited: list[str] = []
        url = urldefrag(url).url
        while len(visited) <= self.limits.redirects:
            if url in visited:
                raise SourceError(f"{visited[0]} redirects in a circle, over {url}")
            visited.append(url)
            place = self._permitted(url)
            if heed:
                self._heed_robots(place, url)
            answer = self._patiently(url, headers, most)
            if answer.status not in _REDIRECTS or not answer.headers.get("location"):
                return answer
            url = _redirected(url, answer.headers["location"])
        raise SourceError(f"{visited[0]} redirects more than {self.limits.redirects} times")

    def _permitted(self, url: str) -> tuple[str, str, int]:
        place = origin(url)
        if place not in self._trusted:
            refuse_private(place[1], place[2])
        return place

    def _heed_robots(self, place: tuple[str, str, int], url: str) -> None:
        if place not in self._robots:
            self._robots[place] = self._read_robots(place)
        if not self._robots[place].allows(url):
            raise RefusedError(f"robots.txt of {place[1]} does not allow {url}")

    def _read_robots(self, place: tuple[str, str, int]) -> Robots:
        scheme, host, port = place
        where = f"[{host}]" if ":" in host else host
        try:
            answer = self._follow(
                f"{scheme}://{where}:{port}/robots.txt", {}, _ROBOTS_BYTES, heed=False
            )
        except SourceError as error:
            raise RefusedError(f"robots.txt of {host} cannot be read: {error}") from None
        if answer.status in (401, 403):
            return Robots("User-agent: *\nDisallow: /", NAME)
        said = answer.body if answer.status == 200 else b""
        return Robots(said.decode("utf-8-sig", "replace"), NAME)

    def _patiently(self, url: str, headers: Mapping[str, str], most: int) -> Answer:
        """One answer, asked for again while the server is busy or out of order."""
        import httpx

        reason = ""
        for attempt in range(self.limits.tries):
            wait = 2.0**attempt
            try:
                answer = self._once(url, headers, most)
            except httpx.HTTPError as error:
                reason = f"{url}: {str(error) or type(error).__name__}"
            except httpx.InvalidURL as error:
                raise RefusedError(f"{url!r} is no address: {error}") from None
            else:
                if answer.status != 429 and answer.status < 500:
                    return answer
                reason = f"{url} answers {answer.status}"
                wait = _asked_wait(answer, wait)
            if wait > self.limits.wait:
                raise SourceError(f"{reason} and asks to wait {wait:.0f} seconds: repeat it then")
            if attempt + 1 < self.limits.tries:
                self.sleep(wait)
        raise SourceError(f"{reason}, {self.limits.tries} times")

    def _once(self, url: str, headers: Mapping[str, str], most: int) -> Answer:
        place = origin(url)
        self._rest(place)
        begun, body = self.clock(), bytearray()
        with self._client.stream("GET", url, headers=dict(headers)) as response:
            self._refuse_peer(response, place)
            if response.status_code == 200:
                _refuse_packing(response, url)
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > most:
                        raise SourceError(f"{url} is longer than {most:,} bytes")
                    if self.clock() - begun > self.limits.whole:
                        raise SourceError(f"{url} takes over {self.limits.whole:.0f} seconds")
            found = {name.lower(): value for name, value in response.headers.items()}
            return Answer(url, response.status_code, found, bytes(body))

    def _rest(self, place: tuple[str, str, int]) -> None:
        """Leave a host alone between two requests, as long as robots.txt wants."""
        host, pause = place[1], self.limits.pause
        if (rules := self._robots.get(place)) is not None:
            pause = max(pause, min(rules.delay, self.limits.wait))
        since = self.clock() - self._asked.get(host, float("-inf"))
        if since < pause:
            self.sleep(pause - since)
        self._asked[host] = self.clock()

    def _refuse_peer(self, response: httpx.Response, place: tuple[str, str, int]) -> None:
        """A host's name may have come to mean another address since it was looked up."""
        stream = response.extensions.get("network_stream")
        peer = stream.get_extra_info("server_addr") if stream is not None else None
        if peer and place not in self._trusted and not is_public(str(peer[0])):
            raise RefusedError(f"{place[1]} is {peer[0]}, an address of a private network")


def agent() -> str:
    """What the user agent says: who asks, and what for."""
    try:
        number = version("ijcorpus")
    except PackageNotFoundError:
        number = "0"
    return f"{NAME}/{number} (joins a corpus's annotations with a reader's own copy of its texts)"


def _client(limits: Limits) -> httpx.Client:
    try:
        import httpx
    except ImportError as error:
        raise MissingExtraError(
            "Fetching needs httpx. Install it with: pip install 'ijcorpus[fetch]'"
        ) from error
    return httpx.Client(
        headers={
            "User-Agent": agent(),
            "Accept": "text/html, text/*, application/xml, */*;q=0.5",
            "Accept-Encoding": "gzip, deflate",
        },
        timeout=httpx.Timeout(limits.step),
        limits=httpx.Limits(max_connections=1),
        follow_redirects=False,
        trust_env=False,
    )


def _redirected(url: str, to: str) -> str:
    try:
        return urldefrag(urljoin(url, to)).url
    except ValueError as error:
        raise RefusedError(f"{url} redirects to {to!r}, which is no address: {error}") from None


def _refuse_packing(response: httpx.Response, url: str) -> None:
    """Packed twice, or by what packs denser, a few bytes would fill the memory at once."""
    packed = response.headers.get("content-encoding", "identity").strip().lower()
    if packed not in ("", "identity", "gzip", "deflate"):
        raise SourceError(f"{url} is packed as {packed[:40]!r}, which was not asked for")


def _asked_wait(answer: Answer, otherwise: float) -> float:
    """The seconds that a busy server asks to wait: a number, or a date."""
    asked = answer.headers.get("retry-after", "").strip()
    if asked.isdecimal():
        return float(asked)
    try:
        when = parsedate_to_datetime(asked)
    except (TypeError, ValueError, OverflowError):
        return otherwise
    when = when if when.tzinfo is not None else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())
