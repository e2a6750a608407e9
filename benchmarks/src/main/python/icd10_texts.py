"""Diagnoses of ICD-10-CM with their blocks as labels, for `distillstream bench stream`.

Reads the wheel of the package simple-icd-10-cm and writes traffic.csv and held-out.csv (text,label)
into a folder: names and inclusion terms of the codes of the 64 largest blocks, at most 400 a block,
each text once, 3,000 of them held out. The order is random; the same wheel gives the same files.
"""

import csv
import random
import sys
import zipfile
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

BLOCKS, PER_BLOCK, HELD_OUT, SEED = 64, 400, 3_000, 42


def tabular(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [n for n in archive.namelist() if "tabular" in n and n.endswith(".xml")]
        return ElementTree.fromstring(archive.read(name))


def texts_by_block(root):
    seen, blocks = set(), defaultdict(list)
    for section in root.iterfind("chapter/section"):
        name = section.findtext("desc").rsplit(" (", 1)[0]
        for code in section.iter("diag"):
            for text in [code.findtext("desc"), *(n.text for n in code.iterfind("inclusionTerm/note"))]:
                text = " ".join(text.split())
                if text.lower() not in seen:
                    seen.add(text.lower())
                    blocks[f"{section.get('id')} {name}"].append(text)
    return blocks


def write(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["text", "label"])
        out.writerows(rows)
    print(f"{path}: {len(rows):,} texts of {len({label for _, label in rows})} labels")


def main(wheel, folder):
    chosen = random.Random(SEED)
    blocks = texts_by_block(tabular(wheel))
    largest = sorted(blocks, key=lambda label: (-len(blocks[label]), label))[:BLOCKS]
    rows = [
        (text, label)
        for label in largest
        for text in chosen.sample(blocks[label], min(PER_BLOCK, len(blocks[label])))
    ]
    chosen.shuffle(rows)
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "held-out.csv", rows[:HELD_OUT])
    write(folder / "traffic.csv", rows[HELD_OUT:])


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
