"""A gateway in this process: what its documentation promises, as far as a device asks for it."""

from __future__ import annotations

import hashlib
import json
import ssl
import threading
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tiny_model import LABELS, label_space, model

CHANNEL = "/v1/models/glosses/stable/"


def self_signed(folder: Path) -> Path:
    """A file certificate.pem with a certificate for this machine, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "gateway")])
    now = datetime.now(timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


class FakeGateway:
    """Offers what is published to it, and keeps what devices tell it."""

    def __init__(self, certificate: Path | None = None) -> None:
        """Over TLS where there is a file with a certificate and its key."""
        self.token = ""
        self.streams = True
        self.cut_artifacts_after = 0
        self.refuse_reports_with = 0
        self.files: dict[str, bytes] = {}
        self.artifacts: dict[str, bytes] = {}
        self.manifests: list[bytes] = []
        self.reports: list[dict[str, Any]] = []
        self.statuses: list[dict[str, Any]] = []
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.changed = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._scheme = "http"
        if certificate:
            self._scheme = "https"
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(certificate)
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}"

    def publish(self, version: int, artifact: bytes = b"", **changed: Any) -> bytes:
        """Publishes a version whose probe holds, unless the manifest's fields are changed."""
        artifact = artifact or model(version)
        sha256 = hashlib.sha256(artifact).hexdigest()
        logits = PROBES[version % 3]
        manifest = {
            "model": "glosses",
            "channel": "stable",
            "version": version,
            "label_space": label_space(LABELS),
            "format": "onnx",
            "artifact": {"size_bytes": len(artifact), "sha256": sha256},
            "deltas": [],
            "probes": [{"text": "a dog", "logits": logits}],
            "records_trained": version * 100,
            "arrivals": {"starts_millis": [4_000_000_000_000 + version], "counts": [version]},
            **changed,
        }
        self.artifacts[sha256] = artifact
        text = json.dumps(manifest).encode()
        with self.changed:
            self.manifests.append(text)
            self.changed.notify_all()
        return text

    def await_that(self, holds: Any, seconds: float = 20) -> None:
        """Waits until something holds of what devices told."""
        with self.changed:
            assert self.changed.wait_for(holds, seconds), "it does not hold in time"

    def asked(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(1 for asked, _ in self.requests if asked == path)

    def close(self) -> None:
        with self.changed:
            self.streams = False
            self.changed.notify_all()
        self._server.shutdown()
        self._server.server_close()


# What tiny_model's models answer to "a dog", by version modulo 3, as its own arithmetic says.
PROBES = [
    [10.396039962768555, 0.7623762488365173, 0.37871289253234863],
    [0.39603960514068604, 10.762375831604004, 0.37871289253234863],
    [0.39603960514068604, 0.7623762488365173, 10.37871265411377],
]


def digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def _handler(gateway: FakeGateway) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def do_GET(self) -> None:
            if self._admitted():
                path = self.path
                if path == CHANNEL + "events":
                    self._events()
                elif path.startswith(CHANNEL + "manifest.json") and gateway.manifests:
                    self._newest()
                elif path.startswith("/v1/artifacts/"):
                    self._artifact(gateway.artifacts.get(path.rpartition("/")[2]))
                else:
                    self._answer(self._file(path))

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self._admitted():
                if gateway.refuse_reports_with:
                    return self._send(gateway.refuse_reports_with, b'{"error": "no"}')
                with gateway.changed:
                    kept = gateway.reports if self.path == "/v1/reports" else gateway.statuses
                    kept.append(body)
                    gateway.changed.notify_all()
                self._send(204, b"")

        def _admitted(self) -> bool:
            with gateway.changed:
                gateway.requests.append((self.path, dict(self.headers)))
                gateway.changed.notify_all()
            if gateway.token and self.headers["Authorization"] != f"Bearer {gateway.token}":
                self._send(401, b'{"error": "Expected the gateway\'s token"}')
                return False
            return True

        def _file(self, path: str) -> bytes | None:
            if path == CHANNEL + "versions.json" and gateway.manifests:
                listed = [{"manifest_sha256": digest(text)} for text in gateway.manifests]
                return json.dumps({"versions": listed}).encode()
            for text in gateway.manifests:
                if path == f"{CHANNEL}manifests/{digest(text)}.json":
                    return text
            return gateway.files.get(path)

        def _newest(self) -> None:
            with gateway.changed:
                gateway.changed.wait_for(lambda: self._tag() != self.headers["If-None-Match"], 1)
            if self._tag() == self.headers["If-None-Match"]:
                return self._send(304, b"")
            self._send(200, gateway.manifests[-1], ETag=self._tag())

        def _tag(self) -> str:
            return f'"{digest(gateway.manifests[-1])}"'

        def _events(self) -> None:
            if not gateway.streams:
                return self._send(200, b"<html></html>", **{"Content-Type": "text/html"})
            self.close_connection = True
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self._chunk(b"retry: 1000\n\n:\n\n")
            told = self.headers["Last-Event-ID"]
            while gateway.streams:
                newest = gateway.manifests[-1] if gateway.manifests else None
                if newest and digest(newest) != told:
                    told = digest(newest)
                    data = json.dumps({"version": json.loads(newest)["version"]})
                    self._chunk(f"id: {told}\nevent: update\ndata: {data}\n\n".encode())
                with gateway.changed:
                    gateway.changed.wait(0.2)
            self._chunk(b"")

        def _chunk(self, content: bytes) -> None:
            try:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(content), content))
            except OSError:
                pass

        def _artifact(self, artifact: bytes | None) -> None:
            if artifact is None:
                return self._answer(None)
            start = int((self.headers["Range"] or "bytes=0-")[6:-1])
            rest, headers = artifact[start:], {}
            if start:
                last = len(artifact) - 1
                headers["Content-Range"] = f"bytes {start}-{last}/{len(artifact)}"
            self.send_response(206 if start else 200)
            for name, value in {**headers, "Content-Length": str(len(rest))}.items():
                self.send_header(name, value)
            self.end_headers()
            if gateway.cut_artifacts_after:
                rest = rest[: gateway.cut_artifacts_after]
                self.close_connection = True
            self.wfile.write(rest)

        def _answer(self, content: bytes | None) -> None:
            if content is None:
                self._send(404, b'{"error": "Nothing is published here"}')
            else:
                self._send(200, content)

        def _send(self, status: int, content: bytes, **headers: str) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

    return Handler
