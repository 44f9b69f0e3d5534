"""A proxy on the loopback address that loses, delays and doubles what passes through it."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_ANSWERS: dict[Any, tuple[int, list[tuple[str, str]], bytes]] = {
    "swallow": (201, [("Content-Type", "application/json")], b'{"task_count": 2, "created": 2}'),
    "fail": (500, [("Content-Type", "application/json")], b'{"detail": "database is locked"}'),
}
_SINGLE = {"connection", "transfer-encoding", "content-length", "content-encoding", "keep-alive"}


@dataclass
class Proxy:
    """Passes requests on to `port()`.

    `fault` is asked for every request (method, path) what is to go wrong: "refuse" (not passed
    on), "drop" (passed on, no reply), "double" (passed on twice), "delay", "cut" (half a reply),
    "garbage", "swallow" and "fail" (not passed on, but answered with success or an error), or a
    function that is called instead of passing on.
    """

    port: Callable[[], int]
    fault: Callable[[str, str], Any] = lambda method, path: None
    url: str = ""
    seen: list[tuple[str, str]] = field(default_factory=list)
    rewrite: Callable[[str, bytes], bytes] = lambda path, body: body

    def forward(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port(), timeout=60)
        try:
            connection.request(method, path, body=body or None, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), self.rewrite(path, answer.read())
        finally:
            connection.close()


def handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except (OSError, http.client.HTTPException):
                self.close_connection = True

        def passed(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {n: v for n, v in self.headers.items() if n.lower() not in _SINGLE}
            headers["Accept-Encoding"] = "identity"
            proxy.seen.append((self.command, self.path))
            fault = proxy.fault(self.command, self.path)
            self.close_connection = True
            if fault == "refuse":
                return
            if fault == "delay":
                time.sleep(0.3)
            if callable(fault):
                fault(lambda: proxy.forward(self.command, self.path, headers, body))
                return
            if fault == "double":
                proxy.forward(self.command, self.path, headers, body)
            if fault in _ANSWERS:
                status, told, data = _ANSWERS[fault]
            else:
                status, told, data = proxy.forward(self.command, self.path, headers, body)
            if fault == "drop":
                return
            if fault == "garbage":
                data = b"<html>not what was asked for"
            self.send_response_only(status)
            for name, value in told:
                if name.lower() not in _SINGLE:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(data[: len(data) // 2] if fault == "cut" else data)

        do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = passed  # noqa: N815

    return Handler


@contextmanager
def proxied(port: Callable[[], int]) -> Iterator[Proxy]:
    """A proxy that is up while it is needed."""
    proxy = Proxy(port)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(proxy))
    server.daemon_threads = True
    proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
