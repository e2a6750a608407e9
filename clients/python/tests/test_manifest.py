"""Manifests, which of several is next, and events."""

import io
import json
import unittest
from typing import Any

from distillstream_device.announcements import Event, read_events
from distillstream_device.gateway import Pauses
from distillstream_device.manifest import Manifest, Pending


def manifest(version: int, /, **changed: Any) -> bytes:
    return json.dumps(
        {
            "model": "glosses",
            "channel": "stable",
            "version": version,
            "label_space": "x",
            "format": "onnx",
            "artifact": {"size_bytes": 1, "sha256": "0" * 64},
            "probes": [{"text": "a", "logits": [1, 0.5]}],
            "arrivals": {"starts_millis": [version * 100, 7], "counts": [1, 1]},
            "a field of a later release": True,
            **changed,
        }
    ).encode()


class ManifestTest(unittest.TestCase):
    def test_names_the_field_at_fault(self) -> None:
        for fault in (
            {"model": None},
            {"version": 0},
            {"version": (1 << 40) + 1},
            {"version": "1"},
            {"artifact": []},
            {"artifact": {"size_bytes": -1, "sha256": "0" * 64}},
            {"artifact": {"size_bytes": 1, "sha256": "../" + "0" * 61}},
            {"probes": [{"text": None, "logits": []}]},
            {"probes": [{"text": "a", "logits": ["1"]}]},
            {"arrivals": {"starts_millis": [1], "counts": []}},
            {"arrivals": {"starts_millis": [1], "counts": [-1]}},
        ):
            name = next(iter(fault))
            inner = {"artifact": "sha256|size_bytes|artifact", "probes": "text|logits"}
            inner["arrivals"] = "counts"
            with self.subTest(fault), self.assertRaisesRegex(ValueError, inner.get(name, name)):
                Manifest.read(manifest(1, **fault))
        for text in (b"", b"[]", b"[" * 100_000):
            with self.subTest(text[:3]), self.assertRaises(ValueError):
                Manifest.read(text)


class PendingTest(unittest.TestCase):
    def setUp(self) -> None:
        self.pending = Pending(3)

    def see(self, version: int, **changed: Any) -> Manifest:
        seen = Manifest.read(manifest(version, **changed))
        self.pending.see(seen)
        return seen

    def test_gives_the_newest_that_was_not_refused(self) -> None:
        self.see(3)
        self.assertIsNone(self.pending.next())
        older, newer = self.see(4), self.see(6)
        self.see(5)
        self.assertEqual(newer, self.pending.next())
        self.pending.refuse(newer)
        self.see(6)
        self.assertEqual(5, (self.pending.next() or older).version)

    def test_tries_another_manifest_of_a_refused_version(self) -> None:
        self.pending.refuse(self.see(4))
        sound = self.see(4, label_space="y")
        self.assertEqual(sound, self.pending.next())

    def test_counts_the_records_of_each_version_once(self) -> None:
        self.pending.refuse(self.see(4))
        self.see(4, label_space="y")
        newest = self.see(5)
        self.assertEqual({400: 1, 500: 1, 7: 2}, self.pending.arrivals_up_to(newest))

    def test_keeps_the_newest_of_very_many(self) -> None:
        for version in range(4, 1_100):
            self.see(version)
        self.assertEqual(1_000, len(self.pending.arrivals_up_to(self.see(2_000))) - 1)


class EventsTest(unittest.TestCase):
    def read(self, stream: bytes) -> list[Event | None]:
        return list(read_events(io.BytesIO(stream)))

    def test_reads_events_between_signs_of_life(self) -> None:
        stream = b"retry: 1000\n\n:\n\nid: a\nevent: update\n: in between\ndata: {}\r\n\n"
        self.assertIn(Event("a", "update", "{}"), self.read(stream))
        self.assertIn(None, self.read(stream))

    def test_joins_lines_of_data_and_keeps_the_last_id(self) -> None:
        events = [e for e in self.read(b"id:a\ndata:1\ndata: 2\n\ndata: 3\n\n") if e]
        self.assertEqual([Event("a", "message", "1\n2"), Event("a", "message", "3")], events)

    def test_takes_no_line_that_is_cut_or_too_long(self) -> None:
        for stream in (b"data: 1", b"data: " + b"x" * 70_000 + b"\n\n"):
            with self.assertRaises(OSError):
                self.read(stream)


class PausesTest(unittest.TestCase):
    def test_grows_to_the_longest_and_is_shortened_by_up_to_half(self) -> None:
        pauses = Pauses(1, 30)
        for whole in (1, 2, 4, 8, 16, 30, 30):
            pause = pauses.next()
            self.assertTrue(whole / 2 <= pause <= whole, pause)
        pauses.reset()
        self.assertLessEqual(pauses.next(), 1)

    def test_is_no_shorter_than_the_gateway_asks(self) -> None:
        self.assertTrue(60 <= Pauses(1, 30).next(60) <= 90)
