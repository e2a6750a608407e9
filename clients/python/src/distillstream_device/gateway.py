"""A gateway over HTTP, by the standard library alone."""

from __future__ import annotations

import hashlib
import http.client
import random
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from .errors import DeviceError, GatewayError, UnusableUpdate

_SILENCE = 10.0
MOST_LIST_BYTES = 1 << 20
_LONGEST_BODY_SECONDS = 300.0
_MOST_ERROR_BYTES = 1 << 16
_LONGEST_QUOTE = 300
_PIECE_BYTES = 1 << 16


class Pauses:
    """Longer and longer, and each shortened at random by up to half.

    Devices that lost a gateway at the same moment must not come back at the same moment.
    """

    def __init__(self, first: float, longest: float) -> None:
        self._first, self._longest = first, longest
        self._next = first

    def next(self, asked: float = 0.0) -> float:
        """Seconds before the next attempt; no fewer than a gateway asked for."""
        pause, self._next = self._next, min(2 * self._next, self._longest)
        return max(pause * random.uniform(0.5, 1), asked * random.uniform(1, 1.5))

    def reset(self) -> None:
        """An attempt succeeded."""
        self._next = self._first


class Gateway:
    """A gateway's address, the token that it asks for, and whom to trust. Follows no redirect: the
    token is for this server alone."""

    def __init__(
        self, url: str, token: str | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        expected = f"'{url}' is no gateway's address: expected one such as http://127.0.0.1:8070"
        try:
            parts = urlsplit(url)
            self._host, self._port = parts.hostname, parts.port
        except ValueError as e:
            raise DeviceError(expected) from e
        odd = parts.query or parts.fragment or parts.username is not None
        if parts.scheme not in ("http", "https") or not self._host or odd:
            raise DeviceError(expected)
        self._tls = (tls or ssl.create_default_context()) if parts.scheme == "https" else None
        self._path = parts.path.rstrip("/")
        self._headers = {"Connection": "close"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self.url = url.rstrip("/")

    @contextmanager
    def open(
        self,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        expected: tuple[int, ...] = (200,),
        silence: float = _SILENCE,
    ) -> Iterator[http.client.HTTPResponse]:
        """An answer, while it is read. GET without a body, POST of JSON with one.

        Raises GatewayError if its status is not expected, and OSError for whatever else fails;
        ``silence`` is how many seconds the gateway may say nothing.
        """
        all_headers = {**self._headers, **(headers or {})}
        if body is not None:
            all_headers["Content-Type"] = "application/json"
        connection = self._connect(silence)
        try:
            connection.request(
                "GET" if body is None else "POST", self._path + path, body, all_headers
            )
            with connection.getresponse() as response:
                if response.status not in expected:
                    raise _refusal(path, response)
                yield response
        except http.client.HTTPException as e:
            raise OSError(f"{path} was cut or not answered in HTTP: {e!r}") from e
        finally:
            connection.close()

    def _connect(self, silence: float) -> http.client.HTTPConnection:
        host = self._host or ""
        if self._tls is None:
            return http.client.HTTPConnection(host, self._port, timeout=silence)
        return http.client.HTTPSConnection(host, self._port, timeout=silence, context=self._tls)

    def read(self, path: str, most: int) -> bytes:
        """The whole body of an answer."""
        with self.open(path) as response:
            return b"".join(pieces(response, most))

    def post(self, path: str, json: bytes) -> None:
        """Hands something over; returns once the gateway has taken it in."""
        with self.open(path, body=json, expected=(204,), silence=20):
            pass

    def fetch(self, sha256: str, size: int, target: Path, stopped: threading.Event) -> None:
        """Writes a file that is found by its digest; where the attempt before was cut, goes on at
        the next byte.

        Raises UnusableUpdate if the gateway has other bytes under its name, and OSError if it
        cannot be had at the moment or the device is stopped.
        """
        for _ in range(2):  # Something on the way may have damaged it, once.
            with open(target, "ab") as out:
                self._complete(sha256, size, out, stopped)
            with open(target, "rb") as file:
                if file_digest(file) == sha256:
                    return
            target.unlink()
        raise UnusableUpdate(f"its bytes do not have the SHA-256 {sha256}")

    def _complete(self, sha256: str, size: int, out: IO[bytes], stopped: threading.Event) -> None:
        have = out.tell()
        if have >= size:
            return
        rest = {"Range": f"bytes={have}-", "If-Range": f'"{sha256}"'} if have else {}
        with self.open(f"/v1/artifacts/{sha256}", headers=rest, expected=(200, 206)) as response:
            if response.status == 200:
                have = 0
                out.truncate(0)
            while have <= size and not stopped.is_set():
                piece = response.read1(_PIECE_BYTES)
                if not piece:
                    break
                have += out.write(piece)
        if have < size:
            raise OSError(f"{sha256} was cut after {have} of {size} bytes")


def pieces(response: http.client.HTTPResponse, most: int) -> Iterator[bytes]:
    """A body as it comes; one that is too long, dripped or cut is an OSError."""
    deadline = time.monotonic() + _LONGEST_BODY_SECONDS
    have = 0
    while piece := response.read1(_PIECE_BYTES):
        have += len(piece)
        if have > most:
            raise OSError(f"the answer has more than {most} bytes")
        if time.monotonic() > deadline:
            raise OSError(f"the answer took more than {_LONGEST_BODY_SECONDS:.0f} s")
        yield piece
    if response.length:
        raise OSError(f"the answer was cut {response.length} bytes before its end")


def file_digest(file: IO[bytes]) -> str:
    """SHA-256 of what is left of a file."""
    digest = hashlib.sha256()
    while piece := file.read(_PIECE_BYTES):
        digest.update(piece)
    return digest.hexdigest()


def _refusal(path: str, response: http.client.HTTPResponse) -> GatewayError:
    said = b"".join(pieces(response, _MOST_ERROR_BYTES)).decode(errors="replace")
    asked = response.getheader("Retry-After", "")
    retry_after = min(int(asked), 600) if asked.isascii() and asked.isdecimal() else 0
    return GatewayError(response.status, path, retry_after, " ".join(said.split())[:_LONGEST_QUOTE])
