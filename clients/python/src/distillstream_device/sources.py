"""Where manifests come from: verified metadata, or a gateway that is believed."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from tuf.api.exceptions import DownloadError, DownloadHTTPError, RepositoryError
from tuf.ngclient.fetcher import FetcherInterface
from tuf.ngclient.updater import Updater

from .errors import DeviceError, GatewayError
from .gateway import MOST_LIST_BYTES, Gateway, pieces
from .manifest import MOST_BYTES, Manifest, is_digest

log = logging.getLogger(__name__)


class Source(Protocol):
    """Gives manifests of one channel."""

    def look(self) -> list[Manifest]:
        """Those that were not given yet. Raises OSError if they cannot be had at the moment."""


class UnverifiedSource:
    """All manifests that a gateway lists, for a device without a root: whoever can write the
    pipeline's topic or sits on the way is believed."""

    def __init__(self, gateway: Gateway, path: str) -> None:
        self._gateway, self._path = gateway, path
        self._seen: set[str] = set()

    def look(self) -> list[Manifest]:
        """See Source."""
        try:
            answer = json.loads(self._gateway.read(self._path + "versions.json", MOST_LIST_BYTES))
            listed = [version["manifest_sha256"] for version in answer["versions"]]
        except GatewayError as e:
            if e.status == 404:
                return []
            raise
        except (ValueError, TypeError, KeyError) as e:
            raise OSError(f"the list of versions cannot be read: {e!r}") from e
        found = []
        for digest in listed:
            if isinstance(digest, str) and is_digest(digest) and digest not in self._seen:
                found += self._manifest(digest)
                self._seen.add(digest)
        self._seen &= set(listed)
        return found

    def _manifest(self, digest: str) -> list[Manifest]:
        text = self._gateway.read(f"{self._path}manifests/{digest}.json", MOST_BYTES)
        manifest = _readable(text)
        if manifest and manifest[0].digest != digest:
            raise OSError(f"the manifest {digest} arrived damaged")
        return manifest


class TrustedSource:
    """The one manifest that the channel's role vouches for, by the client of python-tuf."""

    def __init__(self, gateway: Gateway, target: str, root: bytes, folder: Path) -> None:
        """``target`` is the manifest's name in the repository; ``folder`` keeps what is trusted."""
        self._gateway, self._root, self._folder = gateway, root, folder
        self._target = target
        self._given = ""
        folder.mkdir(exist_ok=True)
        try:
            self._updater()
        except RepositoryError as e:
            raise DeviceError(f"The device's root cannot be trusted: {e}") from e

    def look(self) -> list[Manifest]:
        """See Source. What is not trusted now may be so the next time: that is an OSError, too."""
        updater = self._updater()
        try:
            info = updater.get_targetinfo(self._target)
            if info is None or info.hashes.get("sha256") == self._given:
                return []
            if info.length > MOST_BYTES:
                raise OSError(f"{self._target} has more than {MOST_BYTES} bytes")
            file = updater.download_target(info, str(self._folder / "manifest.json"))
        except DownloadHTTPError as e:
            if e.status_code == 404:
                # Nothing is vouched for yet, or what was has just been replaced.
                log.debug("Nothing is vouched for yet: %s", e)
                return []
            raise OSError(str(e)) from e
        except DownloadError as e:
            raise OSError(str(e.__cause__ or e)) from e
        except RepositoryError as e:
            if type(e) is RepositoryError and str(e).endswith("is not part of snapshot"):
                # The channel has a key, and its first update is still to come: a snapshot that
                # once named the channel's role cannot leave it out again.
                log.debug("Nothing is vouched for yet: %s", e)
                return []
            raise OSError(f"the metadata is not trusted: {e}") from e
        self._given = info.hashes.get("sha256", "")
        return _readable(Path(file).read_bytes())

    def _updater(self) -> Updater:
        """An updater refreshes once in its life."""
        return Updater(
            metadata_dir=str(self._folder),
            metadata_base_url=f"{self._gateway.url}/v1/tuf/metadata/",
            target_base_url=f"{self._gateway.url}/v1/tuf/targets/",
            fetcher=_Fetcher(self._gateway),
            bootstrap=self._root,
        )


class _Fetcher(FetcherInterface):
    """Fetches metadata and targets as all else is fetched, with the gateway's token."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def _fetch(self, url: str) -> Iterator[bytes]:
        path = url.removeprefix(self._gateway.url)
        try:
            with self._gateway.open(path) as response:
                # Whole, so that whatever fails on the way fails in here. The updater has closer
                # bounds for each kind of file.
                return iter(list(pieces(response, MOST_BYTES)))
        except GatewayError as e:
            raise DownloadHTTPError(str(e), e.status) from e


def _readable(text: bytes) -> list[Manifest]:
    """A manifest, unless it is one that this release cannot read."""
    try:
        return [Manifest.read(text)]
    except ValueError as e:
        log.warning("A manifest is skipped: %s", e)
        return []
