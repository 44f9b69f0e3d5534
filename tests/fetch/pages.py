"""A web server on loopback that answers as a test tells it to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ijcorpus.fetch.web import Limits, Web

Page = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """Pages by path, and every request in order: path, and headers in lower case."""

    def __init__(self, port: int) -> None:
        self.root = f"http://127.0.0.1:{port}"
        self.pages: dict[str, Page] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.most_at_once = 0

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked if path != "/robots.txt"]


@contextmanager
def site() -> Iterator[Site]:
    lock, now = threading.Lock(), [0]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with lock:
                now[0] += 1
                made.most_at_once = max(made.most_at_once, now[0])
                made.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            try:
                made.pages.get(self.path, answer(b"nothing here", 404))(self)
            except OSError:
                pass  # the reader had enough
            finally:
                with lock:
                    now[0] -= 1

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made = Site(server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()


def answer(body: bytes, status: int = 200, **headers: str) -> Page:
    """A page; underscores in the names of headers stand for hyphens."""

    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return page


def redirect(to: str, status: int = 302) -> Page:
    return answer(b"", status, Location=to)


def one_after_another(*pages: Page) -> Page:
    """Each request gets the next page; the last one stays."""
    left = list(pages)

    def page(handler: BaseHTTPRequestHandler) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(handler)

    return page


class Clock:
    """Sleeping without waiting; time passes by what was slept."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def read(self) -> float:
        return self.now


def web(clock: Clock | None = None, *, private: bool = True, **limits: float) -> Web:
    passing = clock or Clock()
    made = Limits(**{"pause": 0.0, "step": 5.0, **limits})  # pyright: ignore[reportArgumentType]
    return Web(made, private=private, sleep=passing.sleep, clock=passing.read)
