"""A text classifier of a few bytes, as the pipeline writes one: ONNX with labels and vocabulary."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import struct

LABELS = ["animal", "food", "tool"]
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "dog", "bread", "hammer"]
_FLOAT, _INT64 = 1, 7


def model(version: int, **changed: str) -> bytes:
    """Logits are the mean of a row per piece, and 10 more for the label of the version.

    ``changed`` are metadata, named without their prefix and with _ for -.
    """
    table = [[(i * 3 + c) * 37 % 101 / 101 for c in range(3)] for i in range(len(VOCABULARY))]
    bias = [10.0 if c == version % 3 else 0.0 for c in range(3)]
    nodes = [
        _node("Gather", ["table", "input_ids"], "rows"),
        _node("ReduceMean", ["rows"], "mean", _field(5, _ints("axes", 1)), keepdims=0),
        _node("Add", ["mean", "bias"], "logits"),
    ]
    graph = b"".join(
        [
            *(_field(1, node) for node in nodes),
            _field(2, b"tiny"),
            _field(5, _tensor("table", [len(VOCABULARY), 3], [x for row in table for x in row])),
            _field(5, _tensor("bias", [3], bias)),
            _field(11, _value("input_ids", _INT64, ["batch", "tokens"])),
            _field(11, _value("attention_mask", _INT64, ["batch", "tokens"])),
            _field(12, _value("logits", _FLOAT, ["batch", 3])),
        ]
    )
    metadata = {
        "task": "text-classification",
        "labels": json.dumps(LABELS),
        "label-space": label_space(LABELS),
        "max-tokens": "16",
        "tokenizer": "wordpiece-uncased",
        "vocabulary": base64.b64encode(gzip.compress("\n".join(VOCABULARY).encode())).decode(),
        **{key.replace("_", "-"): value for key, value in changed.items()},
    }
    entries = b"".join(
        _field(14, _field(1, f"distillstream.{key}".encode()) + _field(2, value.encode()))
        for key, value in metadata.items()
    )
    return _number(1, 8) + _field(8, _number(2, 13)) + _field(7, graph) + entries


def label_space(labels: list[str]) -> str:
    """The fingerprint of ordered labels."""
    return hashlib.sha256(
        b"".join(len(label).to_bytes(4, "big") + label.encode() for label in labels)
    ).hexdigest()


def _varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _field(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _ints(name: str, value: int) -> bytes:
    return _field(1, name.encode()) + _number(8, value) + _number(20, 7)


def _node(kind: str, inputs: list[str], output: str, *attributes: bytes, **ints: int) -> bytes:
    return b"".join(
        [
            *(_field(1, name.encode()) for name in inputs),
            _field(2, output.encode()),
            _field(4, kind.encode()),
            *attributes,
            *(
                _field(5, _field(1, name.encode()) + _number(3, value) + _number(20, 2))
                for name, value in ints.items()
            ),
        ]
    )


def _tensor(name: str, shape: list[int], values: list[float]) -> bytes:
    dims = b"".join(_number(1, size) for size in shape)
    raw = struct.pack(f"<{len(values)}f", *values)
    return dims + _number(2, _FLOAT) + _field(8, name.encode()) + _field(9, raw)


def _value(name: str, kind: int, shape: list[int | str]) -> bytes:
    dims = b"".join(
        _field(1, _number(1, d) if isinstance(d, int) else _field(2, d.encode())) for d in shape
    )
    tensor = _number(1, kind) + _field(2, dims)
    return _field(1, name.encode()) + _field(2, _field(1, tensor))
