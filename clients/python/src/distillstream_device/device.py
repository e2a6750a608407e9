"""A device: answers from what is installed in its folder, and follows a channel's updates."""

from __future__ import annotations

import json
import logging
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from .announcements import Announcements
from .duties import Duty, Reasons, Trouble
from .errors import DeviceError, GatewayError
from .folder import ModelFolder, now
from .gateway import Gateway
from .installer import Installer, Profile
from .model import Answer
from .sources import Source, TrustedSource, UnverifiedSource

log = logging.getLogger(__name__)

_QUIET = 600.0  # Without news, so that an expiry or a new root is noticed.
_NEWS = 30.0  # The metadata of an update may come after its announcement.
_STEP = 1.0


class Device:
    """Follows a model's updates and answers with the newest that it may trust.

    It answers from its folder as soon as it is made; ``start`` begins to follow. A new model takes
    over between two answers. Safe for use by many threads; ``close`` it, or use it in ``with``.
    """

    def __init__(
        self,
        gateway: str,
        model: str,
        channel: str,
        folder: str | Path,
        *,
        root: str | Path | None = None,
        insecure_no_root: bool = False,
        token: str | None = None,
        tls: ssl.SSLContext | None = None,
        device_id: str = "python",
        tolerance: float = 0.0,
        threads: int = 1,
        status_every: float = 30.0,
        installed: Callable[[int], None] = lambda version: None,
        refused: Callable[[int, str], None] = lambda version, reason: None,
    ) -> None:
        """Opens the folder and loads what is installed there.

        ``root`` is a file: updates must be signed as it says; ``insecure_no_root`` does without.
        ``token`` is the key or token that the gateway asks for; ``tls`` says whose certificates are
        trusted and which one is shown, by default those of the system, and none.
        ``status_every`` so many seconds the gateway is told how many texts were answered. For the
        others see Profile. Raises DeviceError if it cannot be opened so.
        """
        if (root is None) != insecure_no_root:
            raise DeviceError("Expected a root, or that there is to be none, and not both")
        profile = Profile(device_id, model, channel, tolerance, threads, installed, refused)
        self._profile, self._status_every = profile, status_every
        self._gateway = Gateway(gateway, token, tls)
        self._path = f"/v1/models/{quote(model, '')}/{quote(channel, '')}/"
        self._folder = ModelFolder(Path(folder))
        self._lock = self._folder.lock()
        try:
            self._installer = Installer(profile, self._folder)
            self._source = self._open_source(root)
        except BaseException:
            self._lock.close()
            raise
        self._offered = self._newest = 0
        self._look_until = self._next_look = self._next_status = 0.0
        self._stopped, self._news = threading.Event(), threading.Event()
        self._reasons = Reasons()
        self._worker: threading.Thread | None = None

    def start(self) -> Device:
        """Begins to follow updates; the gateway need not be there yet. Call it once."""
        trouble = self._trouble(f"{self._gateway.url} cannot be followed")
        listener = Announcements(self._gateway, self._path, self._heard, trouble, self._stopped)
        name = self._profile.device_id
        self._worker = threading.Thread(target=self._work, name=f"device-{name}", daemon=True)
        self._worker.start()
        threading.Thread(target=listener.run, name=f"updates-{name}", daemon=True).start()
        return self

    def predict(self, text: str) -> Answer | None:
        """The answer of the model that is installed now; None while there is none."""
        serving = self._installer.serving
        if serving is None:
            return None
        answer = Answer.of(serving[0], text, serving[1])
        with self._installer.swapped:
            self._installer.answers += 1
        return answer

    @property
    def version(self) -> int | None:
        """The version that answers now; None while there is none."""
        serving = self._installer.serving
        return serving[1] if serving else None

    def await_version(self, version: int, seconds: float) -> bool:
        """Waits until this version or a newer one answers; whether it does."""
        swapped = self._installer.swapped
        with swapped:
            return swapped.wait_for(lambda: (self.version or 0) >= version, seconds)

    def close(self) -> None:
        """Stops following and lets the folder go. The thread that listens ends a little later."""
        self._stopped.set()
        self._news.set()
        if self._worker:
            self._worker.join()
        self._lock.close()

    def __enter__(self) -> Device:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open_source(self, root: str | Path | None) -> Source:
        if root is None:
            return UnverifiedSource(self._gateway, self._path)
        try:
            trusted = Path(root).read_bytes()
        except OSError as e:
            raise DeviceError(f"The root {root} cannot be read: {e}") from e
        target = f"{self._profile.model}/{self._profile.channel}/latest.json"
        return TrustedSource(self._gateway, target, trusted, self._folder.path / "trusted")

    def _heard(self, version: int) -> None:
        self._offered = version
        self._look_until = time.monotonic() + _NEWS
        self._next_look = 0.0
        self._news.set()

    def _work(self) -> None:
        """What fails holds up nothing else, and is tried again after a pause that grows."""
        key = f"{self._profile.model}/{self._profile.channel}"
        steps = {
            f"Updates of {key} cannot be followed": self._look,
            f"An update of {key} cannot be installed": self._advance,
            "Reports of updates cannot be sent": self._deliver,
            "The device's status cannot be sent": self._send_status,
        }
        duties = [Duty(step, self._trouble(failure)) for failure, step in steps.items()]
        while not self._stopped.is_set():
            for duty in duties:
                duty.attempt()
            self._news.wait(_STEP)
            self._news.clear()

    def _trouble(self, what: str) -> Trouble:
        return Trouble(what, self._reasons)

    def _look(self) -> None:
        begun = time.monotonic()
        awaited = self._offered > self._newest and begun < self._look_until
        if not awaited and begun < self._next_look:
            return
        self._next_look = begun + _QUIET
        try:
            found = self._source.look()
        except BaseException:
            self._next_look = 0.0
            raise
        for update in found:
            self._newest = max(self._newest, update.version)
            self._installer.see(update)

    def _advance(self) -> None:
        self._installer.advance(self._gateway, self._stopped)

    def _deliver(self) -> None:
        for file in self._folder.undelivered():
            try:
                self._gateway.post("/v1/reports", file.read_bytes())
            except GatewayError as e:
                if not e.is_final:
                    raise
                log.warning("The gateway does not take a report, which is given up: %s", e)
            file.unlink()

    def _send_status(self) -> None:
        if time.monotonic() >= self._next_status:
            status = {
                "device_id": self._profile.device_id,
                "at": now(),
                "answers_served": self._installer.answers,
                "installed_version": self.version or 0,
            }
            self._gateway.post("/v1/status", json.dumps(status).encode())
            self._next_status = time.monotonic() + self._status_every
