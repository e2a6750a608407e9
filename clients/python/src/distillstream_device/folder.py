"""What a device keeps on disk, so that it answers after a restart without a network."""

from __future__ import annotations

import json
import logging
import os
from datetime import datetime, timezone
from pathlib import Path
from typing import IO, Any

from .errors import DeviceError
from .gateway import file_digest
from .manifest import Manifest

log = logging.getLogger(__name__)

Installed = dict[str, Any]
"""The note of what is installed: ``model``, ``channel``, ``version`` and ``sha256``."""


class ModelFolder:
    """The installed artifact, the note of which it is, and reports not yet delivered.

    The note is the commit: it is replaced in one step, after the artifact and the report are on
    disk. Whatever moment the process dies at, a restart finds the old model or the new one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def lock(self) -> IO[bytes]:
        """Takes the folder, which is made where it is missing, until the result is closed, and
        clears what a crash left half done. Raises DeviceError if another device has it."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = open(self.path / "device.lock", "wb")
        try:
            _lock(lock)
            self._clear_leftovers()
        except BlockingIOError as e:
            lock.close()
            raise DeviceError(f"Folder {self.path} is in use by another device") from e
        except BaseException:
            lock.close()
            raise
        return lock

    def installed(self) -> Installed | None:
        """What is installed, if its artifact is still there and undamaged."""
        note = self._read("installed.json")
        if note is None:
            return None
        if not {"model", "channel", "version", "sha256"} <= note.keys():
            raise DeviceError(f"{self.path / 'installed.json'} is not what a device wrote")
        try:
            with open(self.artifact(note["version"], note["sha256"]), "rb") as file:
                if file_digest(file) == note["sha256"]:
                    return note
        except FileNotFoundError:
            pass
        log.warning("Artifact of %s is missing or damaged; it will be fetched again", self.path)
        return None

    def joined(self) -> datetime:
        """When the device joined: the time of the first call on this folder."""
        note = self._read("joined.json")
        if note is None:
            note = {"joined_at": now()}
            self._write("joined.json", json.dumps(note))
        try:
            return datetime.fromisoformat(note["joined_at"].replace("Z", "+00:00"))
        except (KeyError, ValueError, AttributeError) as e:
            raise DeviceError(f"{self.path / 'joined.json'} is not what a device wrote") from e

    def artifact(self, version: int, sha256: str) -> Path:
        """Where an artifact lies, or will lie."""
        return self.path / f"model-{version}-{sha256[:12]}.onnx"

    def install(self, update: Manifest, report: dict[str, Any]) -> None:
        """Makes an artifact that is already in its place the installed one, with its report."""
        artifact = self.artifact(update.version, update.sha256)
        with open(artifact, "rb+") as file:
            os.fsync(file.fileno())
        self.keep(report)
        note: Installed = {
            "model": update.model,
            "channel": update.channel,
            "version": update.version,
            "sha256": update.sha256,
        }
        self._write("installed.json", json.dumps(note))
        self._remove_others(artifact)

    def keep(self, report: dict[str, Any]) -> None:
        """Keeps a report until it is delivered."""
        at = report["at"].replace(":", "")
        name = f"report-{report['version']}-{report['outcome']}-{at}.json"
        self._write(name, json.dumps(report))

    def undelivered(self) -> list[Path]:
        """Reports that nobody has taken in yet."""
        return sorted(self.path.glob("report-*.json"))

    def _clear_leftovers(self) -> None:
        for file in self.path.glob("*.part"):
            file.unlink()
        installed = self.installed()
        version = installed["version"] if installed else 0
        for file in self.undelivered():
            try:
                report = self._read(file.name) or {}
                # Written ahead of a note that never came: that installation did not happen.
                unwanted = report["outcome"] == "INSTALLED" and report["version"] > version
            except (DeviceError, KeyError, TypeError) as e:
                log.warning("Report %s cannot be read and is removed: %r", file, e)
                unwanted = True
            if unwanted:
                file.unlink()
        if installed:
            self._remove_others(self.artifact(version, installed["sha256"]))

    def _remove_others(self, artifact: Path) -> None:
        for file in self.path.glob("model-*"):
            if file != artifact:
                file.unlink()

    def _read(self, name: str) -> dict[str, Any] | None:
        try:
            note = json.loads((self.path / name).read_bytes())
        except FileNotFoundError:
            return None
        except ValueError as e:
            raise DeviceError(f"{self.path / name} is not what a device wrote: {e}") from e
        if not isinstance(note, dict):
            raise DeviceError(f"{self.path / name} is not what a device wrote")
        return note

    def _write(self, name: str, content: str) -> None:
        partial = self.path / f"{name}.part"
        with open(partial, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, self.path / name)
        if os.name == "posix":
            folder = os.open(self.path, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def now() -> str:
    """The time as reports tell it, such as 2026-03-01T12:00:00.123Z."""
    time = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    return time.replace("+00:00", "Z")


def _lock(file: IO[bytes]) -> None:
    if os.name == "posix":
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    else:
        import msvcrt

        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError as e:
            raise BlockingIOError from e
