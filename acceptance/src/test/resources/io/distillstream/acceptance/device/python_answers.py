"""The device in Python answers texts, in a JSON file, with what is installed in its folder."""

import json
import sys
from pathlib import Path

from distillstream_device import Device

folder, texts = sys.argv[1:]
# It is not started, so that the gateway is not asked for anything.
with Device("http://127.0.0.1", "student", "stable", folder, insecure_no_root=True) as device:
    answers = [device.predict(text) for text in json.loads(Path(texts).read_bytes())]
found = [
    {"label": answer.label, "probabilities": list(answer.probabilities.values())}
    for answer in answers
    if answer
]
print(json.dumps({"version": device.version, "answers": found}))
