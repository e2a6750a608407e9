"""A device that follows a gateway which it believes."""

import json
import tempfile
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from fake_gateway import CHANNEL, FakeGateway
from tiny_model import model

from distillstream_device import Device, DeviceError
from distillstream_device.installer import probe_difference


class DeviceTest(unittest.TestCase):
    def setUp(self) -> None:
        self.gateway = FakeGateway()
        self.addCleanup(self.gateway.close)
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name, "device")
        self.refused: list[tuple[int, str]] = []

    def device(self, **options: Any) -> Device:
        options = {"insecure_no_root": True, "device_id": "kiosk-7", **options}
        options.setdefault("refused", lambda version, reason: self.refuse(version, reason))
        return Device(self.gateway.url, "glosses", "stable", self.folder, **options)

    def refuse(self, version: int, reason: str) -> None:
        with self.gateway.changed:
            self.refused.append((version, reason))
            self.gateway.changed.notify_all()

    @contextmanager
    def following(self, **options: Any) -> Iterator[Device]:
        with self.device(**options) as device:
            yield device.start()

    def assert_refused(self, version: int, reason: str) -> None:
        self.gateway.await_that(lambda: self.refused)
        self.assertEqual(version, self.refused[0][0])
        self.assertIn(reason, self.refused[0][1])

    def test_installs_what_is_published_and_answers_with_it(self) -> None:
        with self.following() as device:
            self.assertIsNone(device.predict("a dog"))
            for version, label in ((1, "food"), (2, "tool")):
                self.gateway.publish(version)
                self.assertTrue(device.await_version(version, 20))
                answer = device.predict("A dog")
                assert answer
                self.assertEqual((label, version), (answer.label, answer.version))
                self.assertAlmostEqual(1, sum(answer.probabilities.values()), places=12)
                self.assertEqual(max(answer.probabilities.values()), answer.probability)

    def test_reports_an_installation_with_the_records_of_versions_that_it_skipped(self) -> None:
        self.gateway.publish(1)
        self.gateway.publish(2)
        with self.following():
            self.gateway.await_that(lambda: self.gateway.reports)
        report = self.gateway.reports[0]
        self.assertRegex(report.pop("at"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        expected = {
            "device_id": "kiosk-7",
            "model": "glosses",
            "channel": "stable",
            "version": 2,
            "outcome": "INSTALLED",
            "reason": None,
            "arrivals": {"starts_millis": [4_000_000_000_001, 4_000_000_000_002], "counts": [1, 2]},
            "answers_served": 0,
        }
        self.assertEqual(expected, report)
        self.assertEqual([], list(self.folder.glob("report-*")))

    def test_leaves_out_records_of_before_it_joined(self) -> None:
        self.gateway.publish(1, arrivals={"starts_millis": [1000], "counts": [5]})
        with self.following():
            self.gateway.await_that(lambda: self.gateway.reports)
        arrivals = self.gateway.reports[0]["arrivals"]
        self.assertEqual({"starts_millis": [], "counts": []}, arrivals)

    def test_tells_how_many_texts_it_answered(self) -> None:
        self.gateway.publish(1)
        with self.following(status_every=0) as device:
            self.assertTrue(device.await_version(1, 20))
            device.predict("bread")
            self.gateway.await_that(
                lambda: self.gateway.statuses[-1:] and self.gateway.statuses[-1]["answers_served"]
            )
        self.assertEqual(1, self.gateway.statuses[-1]["installed_version"])

    def test_answers_after_a_restart_while_the_gateway_is_away(self) -> None:
        self.gateway.publish(1)
        with self.following() as device:
            self.assertTrue(device.await_version(1, 20))
            self.gateway.await_that(lambda: self.gateway.reports)
        self.gateway.close()
        with self.assertLogs("distillstream_device"), self.following() as device:
            answer = device.predict("a dog")
            self.assertEqual("food", answer and answer.label)

    def test_fetches_its_model_again_where_its_file_is_damaged(self) -> None:
        self.gateway.publish(1)
        with self.following() as device:
            self.assertTrue(device.await_version(1, 20))
        next(self.folder.glob("model-*")).write_bytes(b"damaged")
        with self.assertLogs("distillstream_device", "WARNING"), self.following() as device:
            self.assertTrue(device.await_version(1, 20))

    def test_takes_no_version_below_the_installed_one(self) -> None:
        self.gateway.publish(5)
        with self.following() as device:
            self.assertTrue(device.await_version(5, 20))
            self.gateway.publish(4)
            self.gateway.publish(6)
            self.assertTrue(device.await_version(6, 20))
        self.gateway.await_that(lambda: len(self.gateway.reports) == 2)
        self.assertEqual([5, 6], [report["version"] for report in self.gateway.reports])

    def test_refuses_logits_that_are_not_the_quantizers(self) -> None:
        self.gateway.publish(1)
        with self.following() as device:
            self.assertTrue(device.await_version(1, 20))
            self.gateway.publish(2, probes=[{"text": "a dog", "logits": [0.5, 0.5, 10.5]}])
            self.assert_refused(2, "probe 0 of 1: logits differ by 0.2")
            answer = device.predict("a dog")
            self.assertEqual(1, answer and answer.version)
            self.gateway.await_that(lambda: len(self.gateway.reports) == 2)
        self.assertEqual("REJECTED", self.gateway.reports[1]["outcome"])
        self.assertEqual(self.refused[0][1], self.gateway.reports[1]["reason"])

    def test_takes_them_within_its_tolerance(self) -> None:
        self.gateway.publish(2, probes=[{"text": "a dog", "logits": [0.5, 0.5, 10.5]}])
        with self.following(tolerance=0.3) as device:
            self.assertTrue(device.await_version(2, 20))

    def test_tries_what_it_refused_no_second_time(self) -> None:
        refused = json.loads(self.gateway.publish(2, label_space="another"))
        with self.following() as device:
            self.assert_refused(2, "its label space is")
            self.gateway.publish(1)
            self.assertTrue(device.await_version(1, 20))
        artifact = f"/v1/artifacts/{refused['artifact']['sha256']}"
        self.assertEqual(1, self.gateway.asked(artifact))

    def test_refuses_other_bytes_than_the_manifest_names(self) -> None:
        text = self.gateway.publish(1)
        artifact = json.loads(text)["artifact"]
        self.gateway.artifacts[artifact["sha256"]] = b"x" * artifact["size_bytes"]
        with self.following():
            self.assert_refused(1, "its bytes do not have the SHA-256")
        self.assertEqual(2, self.gateway.asked(f"/v1/artifacts/{artifact['sha256']}"))

    def test_refuses_what_is_no_model_of_its_kind(self) -> None:
        for version, artifact, reason in (
            (1, b"no model", "ONNX Runtime cannot load it"),
            (2, model(2, tokenizer="bpe"), "distillstream.tokenizer"),
            (3, model(3, max_tokens="1"), "distillstream.max-tokens"),
            (4, model(4, vocabulary="!"), "the vocabulary cannot be unpacked"),
            (5, model(5, labels='["a", "b"]'), "distillstream.label-space"),
        ):
            with self.subTest(reason), self.following():
                self.gateway.publish(version, artifact)
                self.assert_refused(version, reason)
            self.refused.clear()
            self.gateway.manifests.clear()

    def test_goes_on_at_the_next_byte_where_a_download_is_cut(self) -> None:
        self.gateway.cut_artifacts_after = 500
        artifact = json.loads(self.gateway.publish(1))["artifact"]
        with self.assertLogs("distillstream_device", "WARNING"), self.following() as device:
            self.assertTrue(device.await_version(1, 20))
        path = f"/v1/artifacts/{artifact['sha256']}"
        ranges = [h.get("Range") for asked, h in self.gateway.requests if asked == path]
        self.assertEqual([None, "bytes=500-"], ranges)

    def test_asks_for_versions_where_no_events_come_through(self) -> None:
        self.gateway.streams = False
        self.gateway.publish(1)
        with self.following() as device:
            self.assertTrue(device.await_version(1, 20))
            self.gateway.publish(2)
            self.assertTrue(device.await_version(2, 20))
        self.assertGreater(self.gateway.asked(CHANNEL + "manifest.json?wait=25"), 0)

    def test_names_the_event_that_it_had_last(self) -> None:
        self.gateway.publish(1)
        with self.following() as device:
            self.assertTrue(device.await_version(1, 20))
            self.gateway.streams = False
            self.gateway.await_that(lambda: self.gateway.asked(CHANNEL + "events") == 2)
        headers = [h for asked, h in self.gateway.requests if asked == CHANNEL + "events"]
        self.assertNotIn("Last-Event-ID", headers[0])
        self.assertRegex(headers[1]["Last-Event-ID"], "^[0-9a-f]{64}$")

    def test_gives_up_a_report_that_is_refused_for_good(self) -> None:
        self.gateway.refuse_reports_with = 400
        self.gateway.publish(1)
        with self.assertLogs("distillstream_device", "WARNING") as logs, self.following() as device:
            self.assertTrue(device.await_version(1, 20))
            self.gateway.await_that(lambda: self.gateway.asked("/v1/reports"))
        self.assertIn("is given up", "".join(logs.output))

    def test_keeps_a_report_until_it_is_taken_in(self) -> None:
        self.gateway.refuse_reports_with = 503
        self.gateway.publish(1)
        with self.assertLogs("distillstream_device", "WARNING"), self.following() as device:
            self.assertTrue(device.await_version(1, 20))
            self.gateway.await_that(lambda: self.gateway.asked("/v1/reports"))
        self.gateway.refuse_reports_with = 0
        with self.following():
            self.gateway.await_that(lambda: self.gateway.reports)
        self.assertEqual(1, self.gateway.reports[0]["version"])

    def test_drops_the_report_of_an_installation_that_a_crash_prevented(self) -> None:
        self.folder.mkdir()
        (self.folder / "report-9-INSTALLED-x.json").write_text(
            '{"version": 9, "outcome": "INSTALLED"}'
        )
        with self.device():
            self.assertEqual([], list(self.folder.glob("report-*")))

    def test_removes_a_report_that_cannot_be_read(self) -> None:
        self.folder.mkdir()
        (self.folder / "report-9-REJECTED-x.json").write_text("{")
        with self.assertLogs("distillstream_device", "WARNING"), self.device():
            self.assertEqual([], list(self.folder.glob("report-*")))

    def test_refuses_the_folder_of_another_model(self) -> None:
        self.gateway.publish(1)
        with self.following() as device:
            self.assertTrue(device.await_version(1, 20))
        with self.assertRaisesRegex(DeviceError, "holds glosses/stable, not other/stable"):
            Device(self.gateway.url, "other", "stable", self.folder, insecure_no_root=True)

    def test_refuses_a_note_that_no_device_wrote(self) -> None:
        self.folder.mkdir()
        for note in ("{", "[]", '{"version": 1}'):
            (self.folder / "installed.json").write_text(note)
            with self.subTest(note), self.assertRaisesRegex(DeviceError, "not what a device wrote"):
                self.device()

    def test_shares_its_folder_with_no_other(self) -> None:
        with self.device(), self.assertRaisesRegex(DeviceError, "in use"):
            self.device()

    def test_is_told_whether_there_is_a_root(self) -> None:
        with self.assertRaisesRegex(DeviceError, "Expected a root"):
            self.device(insecure_no_root=False)


class ToleranceTest(unittest.TestCase):
    def test_lets_classes_change_places_that_lie_closer_than_it(self) -> None:
        actual = np.array([1.1, 1.0], dtype=np.float32)
        self.assertLess(probe_difference([1.0, 1.1], actual, 0.25), 0.25)
        self.assertEqual(float("inf"), probe_difference([1.0, 1.1], actual, 0.05))

    def test_accepts_neither_other_classes_nor_what_is_no_number(self) -> None:
        actual = np.array([1.0, float("nan")], dtype=np.float32)
        self.assertEqual(float("inf"), probe_difference([1.0, 1.0], actual, 9))
        self.assertEqual(float("inf"), probe_difference([1.0], actual, 9))
        self.assertEqual(float("inf"), probe_difference([], actual, 9))
