"""Files over http, resumable (RFC 9110 §14, Range). Only `appliance models pull` loads this."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from email.message import Message
from http.client import HTTPException, HTTPResponse
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from appliance.models.source import CHUNK_BYTES, SourceError, Stream, cut_off

TIMEOUT_S = 30.0
_PARTIAL, _BAD_RANGE = 206, 416
_REFUSALS = {401, 403}
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


class Remote:
    """Downloads with the standard library; proxies are those of the environment."""

    def __init__(self, opener: OpenerDirector | None = None) -> None:
        """`opener` makes the connections; by default, real ones that stay encrypted."""
        self._opener = opener or build_opener(_StaysEncrypted())

    @contextlib.contextmanager
    def open(self, address: str, start: int, validator: str) -> Iterator[Stream]:
        """See `Source`. A weak validator cannot be asked for, so the file then begins anew."""
        headers = {"User-Agent": "voice-appliance", "Accept-Encoding": "identity"}
        if start:
            headers["Range"] = f"bytes={start}-"
        if start and validator:
            headers["If-Range"] = validator
        request = Request(address, headers=headers)  # noqa: S310  (`place.is_remote` has looked)
        try:
            response: HTTPResponse = self._opener.open(request, timeout=TIMEOUT_S)
        except HTTPError as error:
            error.close()
            if _nothing_left(error, start):
                yield Stream(start, start, validator, iter(()))
                return
            raise _status_error(address, error) from error
        except (URLError, HTTPException, OSError, ValueError) as error:
            raise _unreachable(address, error) from error
        with response:
            yield _stream(response, address)


def _nothing_left(error: HTTPError, start: int) -> bool:
    """Whether we asked for what follows the last byte: we have it all."""
    return error.code == _BAD_RANGE and error.headers.get("Content-Range") == f"bytes */{start}"


class _StaysEncrypted(HTTPRedirectHandler):
    """A redirect must not lead from https to http."""

    def redirect_request(
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> Request | None:
        if req.type == "https" and not newurl.startswith("https://"):
            raise URLError(f"it redirects to {newurl}, which is not encrypted")
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def _stream(response: HTTPResponse, address: str) -> Stream:
    length = response.headers.get("Content-Length", "")
    start, size = 0, int(length) if length.isdecimal() else None
    if response.status == _PARTIAL:
        found = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if found is None:
            raise SourceError(
                "MOD-UNREACHABLE",
                f"{address} answers with a part that it does not name",
                f"Content-Range is {response.headers.get('Content-Range')!r}",
                "name another --mirror",
            )
        start, size = int(found[1]), None if found[2] == "*" else int(found[2])
    return Stream(start, size, _validator(response.headers), _chunks(response, address))


def _validator(headers: Message) -> str:
    """What a later request can name in If-Range: a strong entity tag, or else a date."""
    tag: str = headers.get("ETag", "")
    return tag if tag and not tag.startswith("W/") else headers.get("Last-Modified", "")


def _chunks(response: HTTPResponse, address: str) -> Iterator[bytes]:
    try:
        while chunk := response.read(CHUNK_BYTES):
            yield chunk
    except (HTTPException, OSError) as error:
        raise cut_off(address, str(error) or type(error).__name__) from error


def _unreachable(address: str, error: Exception) -> SourceError:
    cause = str(getattr(error, "reason", "") or error) or type(error).__name__
    return SourceError(
        "MOD-UNREACHABLE",
        f"{address} cannot be reached",
        cause,
        "check the network, or name a --mirror",
    )


def _status_error(address: str, error: HTTPError) -> SourceError:
    cause = f"it answers {error.code} {error.reason}"
    if error.code in _REFUSALS:
        return SourceError(
            "MOD-REFUSED",
            f"{address} is refused",
            cause,
            "it may ask you to accept its licence: do so with a browser, "
            "and pull with --mirror from where you saved it as ID/NAME",
        )
    return SourceError(
        "MOD-NOT-FOUND", f"{address} is not there", cause, "name another --mirror, or try later"
    )
