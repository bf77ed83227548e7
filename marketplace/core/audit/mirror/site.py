"""Fetches what a site gives out of its log: patiently, but never for ever and never too much."""

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import IO
from urllib.parse import urlsplit

# Seconds: for one step of a connection, and for one answer in all.
_STEP, _WHOLE = 30, 120
_CHUNK = 64 * 1024
# Seconds between tries: the network hiccups; the site asks us to be slower.
_SOON: Sequence[float] = (1, 3)
_SLOWER: Sequence[float] = (10, 30, 60)
_ASKED_TO_WAIT = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)

_NOT_SUCH = "the address of a site begins with https:// or http://, and has no ? or # or password"


class BadAddress(ValueError):
    """A text is no address of a site; the message says what was expected."""


class Unreachable(Exception):
    """Something could not be fetched; the message says what and why."""


class Absent(Unreachable):
    """The site answers that it has no such thing."""


class _NeverLess(urllib.request.HTTPRedirectHandler):
    """Follows a site to another address, but not from a guarded connection to an open one."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """Give the request that follows."""
        if req.type == "https" and urlsplit(newurl).scheme != "https":
            raise urllib.error.URLError("the site leads from https to an address without it")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class Site:
    """A site whose log is read. `address` is the site's or the log's, as people type it.

    Raises:
        BadAddress: it is neither.
    """

    def __init__(self, address: str, pause: Callable[[float], None] = time.sleep) -> None:
        self.address = _log_address(address)
        self._pause = pause
        # Built by hand: the usual opener would follow to files and to other protocols too.
        self._opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler(),
            urllib.request.HTTPHandler(),
            urllib.request.HTTPSHandler(),
            urllib.request.HTTPErrorProcessor(),
            urllib.request.HTTPDefaultErrorHandler(),
            _NeverLess(),
        ):
            self._opener.add_handler(handler)

    def fetch(self, path: str, most: int) -> bytes:
        """Fetch what is at a path below the log's address, at most `most` bytes.

        Raises:
            Absent: there is nothing.
            Unreachable: it could not be had, after some tries where another may help.
        """
        tried = 0
        while True:
            try:
                return self._once(f"{self.address}/{path}", most)
            except urllib.error.HTTPError as error:
                error.close()
                if error.code == HTTPStatus.NOT_FOUND:
                    raise Absent(f"{self.address}/{path} is not there") from error
                why = f"{error.code} {error.reason}"
                waits = _SLOWER if error.code in _ASKED_TO_WAIT else _SOON
                if error.code < HTTPStatus.INTERNAL_SERVER_ERROR and waits is _SOON:
                    waits = ()
            except (OSError, http.client.HTTPException) as error:
                why, waits = str(getattr(error, "reason", error)) or type(error).__name__, _SOON
            if tried >= len(waits):
                raise Unreachable(f"{self.address}/{path}: {why}")
            self._pause(waits[tried])
            tried += 1

    def _once(self, address: str, most: int) -> bytes:
        request = urllib.request.Request(  # noqa: S310  (the address was checked)
            address,
            headers={
                "User-Agent": "marketplace-log-mirror",
                # Between us and the site nobody's older copy will do.
                "Cache-Control": "no-cache",
            },
        )
        until = time.monotonic() + _WHOLE
        with self._opener.open(request, timeout=_STEP) as answer:
            content = b""
            while chunk := answer.read1(_CHUNK):
                content += chunk
                if len(content) > most:
                    raise Unreachable(f"{address}: more than {most} bytes, which it never has")
                if time.monotonic() > until:
                    raise Unreachable(f"{address}: too slow")
            if answer.length:
                raise http.client.IncompleteRead(content, answer.length)
            return content


def _log_address(address: str) -> str:
    try:
        parts = urlsplit(address)
        odd = parts.query or parts.fragment or "@" in parts.netloc or "?" in address
        fits = parts.scheme in ("http", "https") and parts.hostname and not odd
        parts.port  # noqa: B018  (a port that is no number raises)
    except ValueError as error:
        raise BadAddress(_NOT_SUCH) from error
    if not fits or not address.isascii() or not address.isprintable() or " " in address:
        raise BadAddress(_NOT_SUCH)
    return address.rstrip("/").removesuffix("/log") + "/log"
