"""Downloads, from a real web server that listens on a Unix socket: nothing leaves the machine."""

from __future__ import annotations

import http.client
import io
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import UnixStreamServer
from typing import Any
from urllib.request import HTTPHandler, OpenerDirector, ProxyHandler, Request, build_opener

import pytest

from appliance.errors import ModelError
from appliance.models.pull import Puller, Wishes
from appliance.models.remote import Remote, _StaysEncrypted
from appliance.models.source import CutOffError, SourceError
from appliance.models.store import Store
from tests.appliance.models.fakes import model

DATA = bytes(range(256)) * 4000
URL = "http://mirror.example/tiny/w.bin"


class Site(UnixStreamServer):
    """What a test sets is how the next request is answered."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), Answer)
        self.tag = '"v1"'
        self.status = 0
        self.headers: dict[str, str] = {}
        self.hangs_up_after: int | None = None
        self.ranges: list[str | None] = []

    def get_request(self) -> tuple[socket.socket, Any]:
        return super().get_request()[0], ("unix", 0)

    def handle_error(self, *_arguments: object) -> None:
        """A client that goes away early is part of the tests."""


class Answer(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        site, asked = self.server, self.headers["Range"]
        site.ranges.append(asked)
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        if self.headers["If-Range"] not in {None, site.tag}:
            start, asked = 0, None
        if site.status:
            self.send_response(site.status)
            for name, value in site.headers.items():
                self.send_header(name, value)
        elif start >= len(DATA):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(DATA)}")
        else:
            self.send_response(206 if asked else 200)
            self.send_header("Content-Length", str(len(DATA) - start))
            self.send_header("Content-Range", f"bytes {start}-{len(DATA) - 1}/{len(DATA)}")
            self.send_header("ETag", site.tag)
            self.send_header("Last-Modified", "Mon, 02 Nov 2026 08:00:00 GMT")
        self.end_headers()
        if not site.status and start < len(DATA):
            hangs_up, site.hangs_up_after = site.hangs_up_after, None
            self.wfile.write(DATA[start:][:hangs_up])

    def log_message(self, *_arguments: object) -> None:
        pass


class Unix(HTTPHandler):
    """Connects every http address to the socket."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = str(path)

    def http_open(self, request: Request) -> http.client.HTTPResponse:
        path = self._path

        class Connection(http.client.HTTPConnection):
            def connect(self) -> None:
                self.sock = socket.socket(socket.AF_UNIX)
                self.sock.connect(path)

        return self.do_open(Connection, request)  # type: ignore[arg-type]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path / "s") as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def opener(tmp_path: Path) -> OpenerDirector:
    return build_opener(ProxyHandler({}), Unix(tmp_path / "s"), _StaysEncrypted())


@pytest.fixture
def remote(site: Site, tmp_path: Path) -> Remote:
    return Remote(opener(tmp_path))


def read(remote: Remote, start: int = 0, validator: str = "") -> tuple[int, int | None, bytes]:
    with remote.open(URL, start, validator) as stream:
        return stream.start, stream.size, b"".join(stream.chunks)


def refusal(remote: Remote, start: int = 0) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read(remote, start)
    return caught.value


def test_a_file_is_read_whole(remote: Remote) -> None:
    assert read(remote) == (0, len(DATA), DATA)


def test_a_file_is_read_from_the_middle(remote: Remote) -> None:
    assert read(remote, 1000) == (1000, len(DATA), DATA[1000:])
    assert read(remote, 1000, '"v1"') == (1000, len(DATA), DATA[1000:])


def test_a_file_that_has_changed_is_read_from_the_start(remote: Remote) -> None:
    assert read(remote, 1000, '"v0"') == (0, len(DATA), DATA)


def test_nothing_is_left_of_a_file_that_we_have(remote: Remote) -> None:
    assert read(remote, len(DATA), '"v1"') == (len(DATA), len(DATA), b"")


def test_more_than_there_is_is_refused(remote: Remote) -> None:
    assert "416" in refusal(remote, len(DATA) + 1).cause


def test_a_weak_tag_is_no_validator_but_the_date_is(remote: Remote, site: Site) -> None:
    for tag, expected in (('"x"', '"x"'), ('W/"x"', "Mon, 02 Nov 2026 08:00:00 GMT")):
        site.tag = tag
        with remote.open(URL, 0, "") as stream:
            assert stream.validator == expected


def test_a_server_that_hangs_up_is_a_cut(remote: Remote, site: Site, tmp_path: Path) -> None:
    site.hangs_up_after = 300_000
    puller = Puller(Store(tmp_path / "store"), remote, Wishes(["http://m"], offline=True), _nobody)
    (pulled,) = puller.pull(model())
    assert (tmp_path / "store" / "tiny" / "w.bin").read_bytes() == DATA
    assert site.ranges == [None, "bytes=300000-"]
    assert pulled.entry.source == "http://m/tiny/w.bin"


def test_a_stream_that_breaks_is_a_cut(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    def stalls(*_arguments: object) -> bytes:
        raise TimeoutError("timed out")

    monkeypatch.setattr("http.client.HTTPResponse.read", stalls)
    with pytest.raises(CutOffError, match="timed out"):
        read(remote)


@pytest.mark.parametrize(
    ("status", "code", "hint"),
    [
        (404, "MOD-NOT-FOUND", "404"),
        (500, "MOD-NOT-FOUND", "500"),
        (401, "MOD-REFUSED", "accept its licence"),
        (403, "MOD-REFUSED", "accept its licence"),
    ],
)
def test_an_answer_that_is_no_file_is_told(
    remote: Remote, site: Site, status: int, code: str, hint: str
) -> None:
    site.status = status
    error = refusal(remote)
    assert error.code == code
    assert hint in str(error)


@pytest.mark.parametrize("named", ["", "bytes", "bytes 7-", "bytes x-y/z"])
def test_a_part_without_its_place_is_refused(remote: Remote, site: Site, named: str) -> None:
    site.status, site.headers = 206, {"Content-Range": named}
    assert "does not name" in refusal(remote, 7).what


def test_nobody_there_is_one_error(tmp_path: Path) -> None:
    assert refusal(Remote(opener(tmp_path))).code == "MOD-UNREACHABLE"


def test_a_redirect_is_followed_but_not_out_of_encryption(site: Site, remote: Remote) -> None:
    site.status, site.headers = 302, {"Location": "http://elsewhere.example/x"}
    assert "redirect" in refusal(remote).cause.lower()  # in circles
    assert _redirected("https://b.example") == "https://b.example"
    with pytest.raises(OSError, match="not encrypted"):
        _redirected("http://b.example")


def _redirected(target: str) -> str:
    request, headers = Request("https://a.example"), http.client.HTTPMessage()
    new = _StaysEncrypted().redirect_request(request, io.BytesIO(), 302, "", headers, target)
    assert new is not None
    return new.full_url


def test_an_address_that_is_none_is_one_error() -> None:
    with pytest.raises(ModelError), Remote().open("http://", 0, ""):
        pass


def _nobody(_what: str, _share: float) -> None:
    pass
