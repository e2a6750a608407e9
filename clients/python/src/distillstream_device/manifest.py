"""What a published update says of itself, and the records that it brings."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any, TypeVar

MOST_BYTES = 16 << 20
_HIGHEST_VERSION = 1 << 40
_LARGEST_COUNT = 1 << 48
_LATEST_MILLIS = 4_102_444_800_000

T = TypeVar("T")

Arrivals = dict[int, int]
"""Records by the start, in epoch milliseconds, of the 100 ms in which they were received."""


@dataclass(frozen=True)
class Manifest:
    """An update. ``digest`` is the SHA-256 of the manifest itself, ``sha256`` of the artifact."""

    digest: str
    model: str
    channel: str
    version: int
    label_space: str
    format: str
    size_bytes: int
    sha256: str
    probes: list[tuple[str, list[float]]]
    arrivals: Arrivals

    @staticmethod
    def read(text: bytes) -> Manifest:
        """Reads a manifest; raises ValueError, naming the field at fault, if it is none."""
        try:
            root = json.loads(text)
        except RecursionError as e:
            raise ValueError("it is nested too deeply") from e
        artifact = _field(root, "artifact", dict)
        sha256 = _field(artifact, "sha256", str)
        if not is_digest(sha256):
            raise ValueError("'sha256' is no SHA-256, expected 64 lower-case hexadecimal digits")
        return Manifest(
            digest=hashlib.sha256(text).hexdigest(),
            model=_field(root, "model", str),
            channel=_field(root, "channel", str),
            version=_whole(root.get("version"), "version", 1, _HIGHEST_VERSION),
            label_space=_field(root, "label_space", str),
            format=_field(root, "format", str),
            size_bytes=_whole(artifact.get("size_bytes"), "size_bytes", 0, _LARGEST_COUNT),
            sha256=sha256,
            probes=[_probe(probe) for probe in _field(root, "probes", list)],
            arrivals=_arrivals(_field(root, "arrivals", dict)),
        )


def is_digest(text: str) -> bool:
    """Whether this is a SHA-256 as it is written everywhere here."""
    return re.fullmatch("[0-9a-f]{64}", text) is not None


def _field(fields: Any, name: str, kind: type[T]) -> T:
    value = fields.get(name) if isinstance(fields, dict) else None
    if not isinstance(value, kind):
        raise ValueError(f"'{name}' must be a {kind.__name__}, is {json.dumps(value)[:40]}")
    return value


def _whole(value: Any, name: str, least: int, most: int) -> int:
    if not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"'{name}' must be a whole number from {least} to {most}, is {value!r}")
    return value


def _probe(probe: Any) -> tuple[str, list[float]]:
    logits = _field(probe, "logits", list)
    if not all(isinstance(logit, (int, float)) for logit in logits):
        raise ValueError("'logits' must be numbers")
    return _field(probe, "text", str), logits


def _arrivals(fields: dict[str, Any]) -> Arrivals:
    starts = _field(fields, "starts_millis", list)
    counts = _field(fields, "counts", list)
    if len(starts) != len(counts):
        raise ValueError(f"'counts' has {len(counts)} items, 'starts_millis' has {len(starts)}")
    arrivals: Arrivals = {}
    for start, count in zip(starts, counts):
        bucket = _whole(start, "starts_millis", 0, _LATEST_MILLIS)
        arrivals[bucket] = arrivals.get(bucket, 0) + _whole(count, "counts", 0, _LARGEST_COUNT)
    return arrivals


class Pending:
    """Manifests above the installed version, and those of them that were refused.

    All are kept until a version is installed, since what they say of records that were skipped is
    said nowhere else. What was refused is not tried again until the device is started anew.
    """

    _MOST = 1_000

    def __init__(self, installed_version: int) -> None:
        self._installed = installed_version
        self._open: dict[str, Manifest] = {}
        self._refused: dict[str, Manifest] = {}

    def see(self, update: Manifest) -> None:
        """Takes note of a manifest; one that is not above the installed version is ignored."""
        if update.version > self._installed and update.digest not in self._refused:
            self._open[update.digest] = update
            if len(self._open) + len(self._refused) > self._MOST:
                shrinking = self._refused or self._open
                del shrinking[min(shrinking, key=lambda digest: shrinking[digest].version)]

    def next(self) -> Manifest | None:
        """The newest that was not refused; of several of one version, the one seen last."""
        newest_last = reversed(self._open.values())
        return max(newest_last, key=lambda update: update.version, default=None)

    def refuse(self, update: Manifest) -> None:
        """The update is not tried again; another manifest of the same version is."""
        self._refused[update.digest] = self._open.pop(update.digest)

    def arrivals_up_to(self, update: Manifest) -> Arrivals:
        """Of the records that this update brings; each version that it skips counts once."""
        one_each = {seen.version: seen for seen in [*self._refused.values(), *self._open.values()]}
        total: Arrivals = {}
        for seen in [update, *(m for v, m in one_each.items() if v < update.version)]:
            for start, count in seen.arrivals.items():
                total[start] = total.get(start, 0) + count
        return total

    def installed(self, update: Manifest) -> None:
        """The version answers now; it and all below are done with."""
        self._installed = update.version
        for seen in (self._open, self._refused):
            for digest in [d for d, m in seen.items() if m.version <= update.version]:
                del seen[digest]
