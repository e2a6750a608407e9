"""A device with a root takes what the channel's role vouches for, and nothing else."""

import sys
import tempfile
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from fake_gateway import FakeGateway

from distillstream_device import Device, DeviceError

try:
    from repository import Repository
except ImportError:
    print("SKIPPED: signing needs the package cryptography, see [test]", file=sys.stderr)
    raise unittest.SkipTest("signing needs the package cryptography") from None


class TrustTest(unittest.TestCase):
    def setUp(self) -> None:
        self.gateway = FakeGateway()
        self.addCleanup(self.gateway.close)
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.repository = Repository(self.gateway.files)
        self.write_root(self.repository.root)

    def write_root(self, root: bytes) -> None:
        (self.folder / "root.json").write_bytes(root)

    @contextmanager
    def following(self, token: str | None = None) -> Iterator[Device]:
        with Device(
            self.gateway.url,
            "glosses",
            "stable",
            self.folder / "device",
            root=self.folder / "root.json",
            token=token,
        ) as device:
            yield device.start()

    def assert_untrusted(self, reason: str) -> None:
        """The device tells why, and goes on with version 1."""
        with self.assertLogs("distillstream_device", "WARNING") as logs:
            with self.following() as device:
                self.gateway.await_that(lambda: reason in "".join(logs.output))
                answer = device.predict("a dog")
                self.assertEqual(1, answer and answer.version)

    def install_version_1(self) -> None:
        self.repository.sign(self.gateway.publish(1))
        with self.following() as device:
            self.assertTrue(device.await_version(1, 20))

    def test_installs_what_is_signed_with_the_token_on_every_request(self) -> None:
        self.gateway.token = "a-token-of-the-gateway"
        self.repository.sign(self.gateway.publish(1))
        with self.following(self.gateway.token) as device:
            self.assertTrue(device.await_version(1, 20))
            self.repository.sign(self.gateway.publish(2))
            self.assertTrue(device.await_version(2, 20))
        self.assertGreater(self.gateway.asked("/v1/tuf/metadata/timestamp.json"), 1)

    def test_waits_for_metadata_that_comes_after_the_announcement(self) -> None:
        manifest = self.gateway.publish(1)
        with self.following() as device:
            timestamp = "/v1/tuf/metadata/timestamp.json"
            self.gateway.await_that(lambda: self.gateway.asked(timestamp) > 1)
            self.assertIsNone(device.version)
            self.repository.sign(manifest)
            self.assertTrue(device.await_version(1, 20))

    def test_takes_nothing_that_is_only_announced(self) -> None:
        self.install_version_1()
        self.gateway.publish(2)
        with self.following() as device:
            timestamp = "/v1/tuf/metadata/timestamp.json"
            asked = self.gateway.asked(timestamp)
            self.gateway.await_that(lambda: self.gateway.asked(timestamp) > asked + 1)
            self.assertEqual(1, device.version)

    def test_takes_nothing_of_another_root(self) -> None:
        self.install_version_1()
        Repository(self.gateway.files).sign(self.gateway.publish(2))
        self.assert_untrusted("the metadata is not trusted")

    def test_takes_no_other_manifest_than_the_signed_one(self) -> None:
        self.install_version_1()
        self.repository.sign(b"{}", signed=self.gateway.publish(2))
        self.assert_untrusted("the metadata is not trusted")

    def test_takes_nothing_that_has_expired(self) -> None:
        self.install_version_1()
        self.repository.lifetime = timedelta(seconds=-1)
        self.repository.sign(self.gateway.publish(2))
        self.assert_untrusted("expired")

    def test_takes_no_metadata_that_is_older_than_what_it_has(self) -> None:
        first = self.gateway.publish(1)
        self.repository.sign(first)
        self.repository.sign(first)
        with self.following() as device:
            self.assertTrue(device.await_version(1, 20))
        self.repository.go_back()
        self.repository.sign(self.gateway.publish(2))
        self.assert_untrusted("the metadata is not trusted")

    def test_refuses_a_file_that_is_no_root(self) -> None:
        self.write_root(b"{}")
        with self.assertRaisesRegex(DeviceError, "root cannot be trusted"), self.following():
            pass
