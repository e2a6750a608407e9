"""From manifest to answering model, or to a refusal; a report of either goes into the folder."""

from __future__ import annotations

import logging
import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .errors import DeviceError, UnusableUpdate
from .folder import ModelFolder, now
from .gateway import Gateway
from .manifest import Arrivals, Manifest, Pending
from .model import Classifier

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Profile:
    """Who a device is, what it runs and how.

    ``tolerance`` is the largest difference to a probe's logits. ``installed`` and ``refused`` hear
    of versions, on a thread of the device.
    """

    device_id: str
    model: str
    channel: str
    tolerance: float
    threads: int
    installed: Callable[[int], None]
    refused: Callable[[int, str], None]

    def __post_init__(self) -> None:
        for what in ("device_id", "model", "channel"):
            name = getattr(self, what)
            if not name.strip() or "/" in name:
                raise DeviceError(f"The {what} must not be blank or contain '/', is '{name}'")
        if not 0 <= self.tolerance < float("inf"):
            raise DeviceError(f"The tolerance must be finite and at least 0, is {self.tolerance}")


class Installer:
    """Takes updates one at a time. ``serving`` is what answers now, with its version."""

    def __init__(self, profile: Profile, folder: ModelFolder) -> None:
        """Loads what is installed in the folder."""
        self._profile, self._folder = profile, folder
        self._joined_millis = folder.joined().timestamp() * 1000
        self.swapped = threading.Condition()
        self.answers = 0
        self.serving = self._installed()
        self._pending = Pending(self.serving[1] if self.serving else 0)

    def see(self, update: Manifest) -> None:
        """Takes note of a manifest."""
        if (update.model, update.channel) == (self._profile.model, self._profile.channel):
            self._pending.see(update)
        else:
            log.warning("A manifest of %s/%s is skipped", update.model, update.channel)

    def advance(self, gateway: Gateway, stopped: threading.Event) -> None:
        """Installs the newest version that may answer here, refusing those that may not.

        Raises OSError if an artifact cannot be had at the moment; the same model answers then.
        """
        while update := self._pending.next():
            artifact = self._folder.artifact(update.version, update.sha256)
            try:
                classifier = self._bring(update, artifact, gateway, stopped)
            except UnusableUpdate as e:
                artifact.unlink(missing_ok=True)
                self._refuse(update, str(e))
            else:
                return self._install(update, classifier)

    def _installed(self) -> tuple[Classifier, int] | None:
        note = self._folder.installed()
        if note is None:
            return None
        ours = f"{self._profile.model}/{self._profile.channel}"
        if f"{note['model']}/{note['channel']}" != ours:
            raise DeviceError(
                f"Folder {self._folder.path} holds {note['model']}/{note['channel']}, not {ours}"
            )
        artifact = self._folder.artifact(note["version"], note["sha256"])
        try:
            return Classifier(artifact, self._profile.threads), note["version"]
        except UnusableUpdate as e:
            log.warning("Version %s cannot be loaded any more: %s", note["version"], e)
            return None

    def _bring(
        self, update: Manifest, artifact: Path, gateway: Gateway, stopped: threading.Event
    ) -> Classifier:
        """Fetches an artifact, loads it and holds it to its manifest."""
        if update.format != "onnx":
            raise UnusableUpdate(f"its format is {update.format}, this device runs onnx")
        partial = artifact.with_name(artifact.name + ".part")
        installed = self._folder.installed()
        if installed and installed["sha256"] == update.sha256:
            shutil.copyfile(self._folder.artifact(installed["version"], update.sha256), partial)
        else:
            gateway.fetch(update.sha256, update.size_bytes, partial, stopped)
        os.replace(partial, artifact)
        classifier = Classifier(artifact, self._profile.threads)
        if classifier.label_space != update.label_space:
            raise UnusableUpdate(
                f"its label space is {classifier.label_space}, the manifest says"
                f" {update.label_space}"
            )
        self._check_probes(classifier, update.probes)
        return classifier

    def _check_probes(self, classifier: Classifier, probes: list[tuple[str, list[float]]]) -> None:
        allowed = self._profile.tolerance
        for i, (text, expected) in enumerate(probes):
            try:
                difference = probe_difference(expected, classifier.logits(text), allowed)
            except Exception as e:  # ONNX Runtime's exceptions have no base class of their own.
                raise UnusableUpdate(f"it fails on probe {i}: {e}") from e
            if difference > allowed:
                raise UnusableUpdate(
                    f"probe {i} of {len(probes)}: logits differ by {difference},"
                    f" allowed is {allowed}"
                )

    def _install(self, update: Manifest, classifier: Classifier) -> None:
        brought = {
            start: count
            for start, count in self._pending.arrivals_up_to(update).items()
            if start >= self._joined_millis
        }
        self._folder.install(update, self._report(update, "INSTALLED", None, brought))
        with self.swapped:
            self.serving = classifier, update.version
            self.swapped.notify_all()
        self._pending.installed(update)
        self._profile.installed(update.version)

    def _refuse(self, update: Manifest, reason: str) -> None:
        # First of all: where no report can be kept, it must not be fetched and refused for ever.
        self._pending.refuse(update)
        try:
            # Its records come with the next version that is installed, and are counted there.
            self._folder.keep(self._report(update, "REJECTED", reason, {}))
        finally:
            self._profile.refused(update.version, reason)

    def _report(
        self, update: Manifest, outcome: str, reason: str | None, arrivals: Arrivals
    ) -> dict[str, Any]:
        starts = sorted(arrivals)
        return {
            "device_id": self._profile.device_id,
            "model": update.model,
            "channel": update.channel,
            "version": update.version,
            "outcome": outcome,
            "reason": reason,
            "arrivals": {"starts_millis": starts, "counts": [arrivals[s] for s in starts]},
            "answers_served": self.answers,
            "at": now(),
        }


def probe_difference(expected: list[float], actual: np.ndarray, tolerance: float) -> float:
    """Largest difference of two vectors of logits; infinite if one cannot stand for the other.

    Classes whose expected logits lie closer together than the tolerance may change places.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        wanted = np.array(expected, dtype=np.float64).astype(np.float32).astype(np.float64)
        if wanted.shape != actual.shape or not wanted.size:
            return float("inf")
        difference = float(np.abs(wanted - actual.astype(np.float64)).max())
        swapped = float(wanted.max() - wanted[int(np.argmax(actual))])
    return difference if difference >= 0 and swapped <= tolerance else float("inf")
