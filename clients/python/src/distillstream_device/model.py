"""An artifact: a text classifier in one ONNX file, which carries its labels and vocabulary."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort

from .errors import UnusableUpdate
from .tokenizer import WordPieceTokenizer

_FATAL = 4
_MOST_VOCABULARY_BYTES = 32 << 20


class Classifier:
    """Text in, logits out. Safe for use by many threads."""

    def __init__(self, file: Path, threads: int = 1) -> None:
        """Opens a model file; raises UnusableUpdate if it is no text classifier of this kind."""
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = _FATAL
        # A device does not burn a core waiting for the next text.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = ort.InferenceSession(
                str(file), options, providers=["CPUExecutionProvider"]
            )
        except Exception as e:  # ONNX Runtime's exceptions have no base class of their own.
            raise UnusableUpdate(f"ONNX Runtime cannot load it: {e}") from e
        metadata = self._session.get_modelmeta().custom_metadata_map
        try:
            self.labels = _labels(metadata)
            self._max_tokens = _max_tokens(metadata)
            self._tokenizer = WordPieceTokenizer(_vocabulary(metadata))
        except ValueError as e:
            raise UnusableUpdate(f"its metadata is incomplete: {e}") from e

    @property
    def label_space(self) -> str:
        """The fingerprint of the ordered labels."""
        return _fingerprint(self.labels)

    def logits(self, text: str) -> np.ndarray:
        """Raw logits of one text, float32 [classes].

        A text runs alone: a dynamically quantized model derives its scales from the whole batch.
        """
        ids = np.array([self._tokenizer.encode(text, self._max_tokens)], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        logits: np.ndarray = self._session.run(["logits"], inputs)[0][0]
        if logits.shape != (len(self.labels),):
            raise UnusableUpdate(f"it gives {logits.shape} logits for {len(self.labels)} labels")
        return logits


@dataclass(frozen=True)
class Answer:
    """The most probable label, all probabilities by label, and the version that answered."""

    label: str
    probabilities: dict[str, float]
    version: int

    @property
    def probability(self) -> float:
        """That of the label."""
        return self.probabilities[self.label]

    @staticmethod
    def of(classifier: Classifier, text: str, version: int) -> Answer:
        """What a classifier answers: softmax of its logits at temperature 1, in float64."""
        logits = classifier.logits(text).astype(np.float64)
        powers = np.exp(logits - logits.max())
        probabilities = dict(zip(classifier.labels, (powers / powers.sum()).tolist()))
        return Answer(classifier.labels[int(np.argmax(logits))], probabilities, version)


def _required(metadata: Mapping[str, str], key: str) -> str:
    if f"distillstream.{key}" not in metadata:
        raise ValueError(f"distillstream.{key} is missing")
    return metadata[f"distillstream.{key}"]


def _expect(metadata: Mapping[str, str], key: str, expected: str) -> None:
    actual = _required(metadata, key)
    if actual != expected:
        raise ValueError(f'expected distillstream.{key} to be "{expected}", got "{actual}"')


def _labels(metadata: Mapping[str, str]) -> list[str]:
    _expect(metadata, "task", "text-classification")
    labels = json.loads(_required(metadata, "labels"))
    if not isinstance(labels, list) or not all(isinstance(name, str) for name in labels):
        raise ValueError("distillstream.labels is not an array of names")
    if len(labels) < 2 or len(set(labels)) < len(labels) or not all(map(str.strip, labels)):
        raise ValueError("distillstream.labels must be two or more distinct names, none blank")
    _expect(metadata, "label-space", _fingerprint(labels))
    return labels


def _fingerprint(labels: list[str]) -> str:
    """SHA-256 of each label's length in bytes, big-endian, and the label in UTF-8."""
    digest = hashlib.sha256()
    for label in labels:
        utf8 = label.encode()
        digest.update(len(utf8).to_bytes(4, "big") + utf8)
    return digest.hexdigest()


def _max_tokens(metadata: Mapping[str, str]) -> int:
    text = _required(metadata, "max-tokens")
    if not text.isdecimal() or int(text) < 2:
        raise ValueError(f'expected distillstream.max-tokens to be at least 2, got "{text}"')
    return int(text)


def _vocabulary(metadata: Mapping[str, str]) -> list[str]:
    """One piece a line, gzip, Base64."""
    _expect(metadata, "tokenizer", "wordpiece-uncased")
    try:
        packed = base64.b64decode(_required(metadata, "vocabulary"), validate=True)
        gzip = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        unpacked = gzip.decompress(packed, _MOST_VOCABULARY_BYTES)
    except (binascii.Error, zlib.error) as e:
        raise ValueError(f"the vocabulary cannot be unpacked: {e}") from e
    if not gzip.eof:
        raise ValueError(f"the vocabulary is cut, or has more than {_MOST_VOCABULARY_BYTES} bytes")
    return unpacked.decode().split("\n")
