"""A TUF repository as a pipeline's signer publishes one, made by python-tuf's own metadata API."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

_ROLE = "glosses-stable"
_MANIFEST = "glosses/stable/latest.json"


class Repository:
    """Signs manifests of glosses/stable; ``files`` are what a gateway serves of it."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files
        self._signers = {
            role: CryptoSigner.generate_ed25519()
            for role in ("root", "timestamp", "snapshot", "targets", _ROLE)
        }
        self._version = 0
        self.lifetime = timedelta(days=1)
        root = Root(version=1, expires=self._expires(), consistent_snapshot=True)
        for role in ("root", "timestamp", "snapshot", "targets"):
            root.add_key(self._signers[role].public_key, role)
        self.root = self._write("1.root.json", Metadata(root), "root")

    def sign(self, manifest: bytes, signed: bytes | None = None) -> None:
        """Publishes a manifest; ``signed`` is what is signed in its place."""
        self._version += 1
        version = self._version
        target = TargetFile.from_data(_MANIFEST, signed or manifest, ["sha256"])
        channel = Targets(version=version, expires=self._expires(), targets={_MANIFEST: target})
        key = self._signers[_ROLE].public_key
        role = DelegatedRole(_ROLE, [key.keyid], 1, True, paths=["glosses/stable/*"])
        targets = Targets(
            version=version,
            expires=self._expires(),
            delegations=Delegations({key.keyid: key}, {_ROLE: role}),
        )
        snapshot = Snapshot(version=version, expires=self._expires())
        snapshot.meta = {
            "targets.json": MetaFile(version),
            f"{_ROLE}.json": MetaFile(version),
        }
        timestamp = Timestamp(version=version, expires=self._expires())
        timestamp.snapshot_meta = MetaFile(version)
        self._write(f"{version}.{_ROLE}.json", Metadata(channel), _ROLE)
        self._write(f"{version}.targets.json", Metadata(targets), "targets")
        self._write(f"{version}.snapshot.json", Metadata(snapshot), "snapshot")
        self._write("timestamp.json", Metadata(timestamp), "timestamp")
        name = f"glosses/stable/{target.hashes['sha256']}.latest.json"
        self._files[f"/v1/tuf/targets/{name}"] = manifest

    def go_back(self) -> None:
        """The next that is signed has the version of the one before, as a thief would publish."""
        self._version -= 2

    def _expires(self) -> datetime:
        return datetime.now(timezone.utc).replace(microsecond=0) + self.lifetime

    def _write(self, name: str, metadata: Metadata, role: str) -> bytes:
        metadata.sign(self._signers[role])
        self._files[f"/v1/tuf/metadata/{name}"] = metadata.to_bytes()
        return metadata.to_bytes()
