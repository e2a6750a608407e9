"""Reads tables of tokens in coding 1, by docs/token-coding.md alone.

    python3 token_table.py SAMPLE.b64                     # checks that the sample can be read
    python3 token_table.py SAMPLE.b64 TOKENS CODED.bin    # a table: a JSON object a token

SAMPLE.b64 is schemas/src/main/resources/io/distillstream/wire/tokens/sample.b64. It is written to be read, not to be fast.
"""

import base64
import copy
import json
import math
import sys
from pathlib import Path

MASK = 0xFFFFFFFF


def bucket(r):
    return next(i for i, end in enumerate((0, 1, 2, 4, 8, 16, 32, MASK)) if r <= end)


LOGITS = [round(256 * math.log((j + 0.5) / (4095.5 - j))) for j in range(4096)]
MASSES = [round(2**40 * math.exp(-((c / 51) ** 2))) for c in range(255)] + [0]


class Decoder:
    def __init__(self, coded):
        self.bytes = iter(coded)
        self.range = MASK
        self.code = 0
        for _ in range(4):
            self.code = self.code << 8 | next(self.bytes)

    def normalize(self):
        while self.range < 1 << 24:
            self.range <<= 8
            self.code = self.code << 8 | next(self.bytes)

    def bit(self, probability):
        bound = (self.range >> 16) * probability
        one = self.code < bound
        if one:
            self.range = bound
        else:
            self.code -= bound
            self.range -= bound
        self.normalize()
        return int(one)

    def entry(self, frequencies):
        step = self.range // sum(frequencies)
        target, before, entry = self.code // step, 0, 0
        while before + frequencies[entry] <= target:
            before += frequencies[entry]
            entry += 1
        self.code -= step * before
        self.range = step * frequencies[entry]
        self.normalize()
        return entry


class MixedBits:
    def __init__(self, inputs, sets, slots):
        self.shift = 32 - slots
        self.slots = {}
        self.weights = [[2 * 65536 // (inputs + 2)] * inputs for _ in range(sets)]

    def bit(self, coder, contexts, node, which):
        weights = self.weights[which]
        at = []
        for i, context in enumerate(contexts):
            h = (context + (i + 1) * 0x2C1B3C6D) & MASK ^ (node * 0x9E3779B1) & MASK
            h = (h ^ h >> 15) * 0x2C1B3C6D & MASK
            at.append(((h ^ h >> 13) * 0x9E3779B1 & MASK) >> self.shift)
        logits = [LOGITS[self.slots.get(slot, (1 << 21, 0))[0] >> 10] for slot in at]
        s = sum(a * b for a, b in zip(logits, weights)) >> 16
        s = max(-3071, min(3071, s))
        probability = max(32, min(65504, round(65536 / (1 + math.exp(-s / 256)))))
        bit = coder.bit(probability)
        error = (65536 * bit - probability) * 14
        for i, slot in enumerate(at):
            weights[i] += (logits[i] * error + (1 << 19)) >> 20
            # Read anew: two contexts may share a slot.
            value, count = self.slots.get(slot, (1 << 21, 0))
            target = (1 << 22) - 1 if bit else 0
            value += (target - value) * ((1 << 17) // (2 * count + 3)) >> 16
            self.slots[slot] = value, min(count + 1, 100)
        return bit

    def symbol(self, coder, bits, contexts, which):
        node = 1
        for _ in range(bits):
            node = node << 1 | self.bit(coder, contexts, node, which)
        return node - (1 << bits)

    def number(self, coder, contexts, which):
        length = 0
        while length < 20 and self.bit(coder, contexts, length, which):
            length += 1
        number = min(length, 1)
        for place in range(length - 2, -1, -1):
            m = number if length - 2 - place < 6 else 64 + place
            number = number << 1 | self.bit(coder, contexts, 256 * length + m, which)
        return number


def token_class(token):
    def first(byte):
        if byte >= 128:
            return 4
        ranges = ((97, 122, 1), (65, 90, 2), (48, 57, 3))
        return next((kind for low, high, kind in ranges if low <= byte <= high), 0)

    if token[:1] != b" ":
        return first(token[0]) if token else 0
    return {1: 5, 4: 5, 2: 6}.get(first(token[1]), 7) if len(token) > 1 else 7


class Model:
    def __init__(self):
        self.gaps, self.ranks, self.tails = MixedBits(5, 8, 13), MixedBits(2, 2, 13), MixedBits(3, 1, 13)
        self.classes, self.seen, self.texts = MixedBits(5, 8, 14), MixedBits(6, 8, 14), MixedBits(7, 16, 16)
        self.entries, self.weights, self.members = [], [], [[] for _ in range(8)]
        self.slot, self.following, self.increment = [], {}, 32 * 256
        self.begin()

    def begin(self):
        self.size, self.first, self.chosen = 20, 0, -1
        self.new_before, self.new_now = [0] * 256, [0] * 256

    def token(self, coder):
        if not self.ranks.bit(coder, (1, 1), 255, 0):
            self.size = self.ranks.number(coder, (1, 1), 0)
        k = self.size
        self.preferred = self.following.get(self.chosen, [])
        self.frequencies = [[self.weights[e] for e in members] for members in self.members]
        for entry in self.preferred:
            self.frequencies[token_class(self.entries[entry])][self.slot[entry]] += 8 * (self.increment >> 8)
        self.mentioned, self.unseen, self.history, self.kinds, self.beside = [], 0, 0, 0, 256
        codes, before, g, g2 = [], 0, 0, 0
        for i in range(k):
            b = bucket(i)
            pace = before // (i + 1) if i else self.first >> 4
            contexts = (
                b,
                min(i, 80),
                (b * 8 + bucket(g)) * 8 + bucket(g2),
                (before >> 2) * 8 + b,
                (pace * 8 + b) * 8 + bucket(g),
            )
            g, g2 = self.gaps.number(coder, contexts, b), g
            before = (before + g) & 255
            codes.append(before)
            self.mention(coder, i, g)
        self.first = codes[0] if codes else 255
        left = 2**40 - sum(MASSES[c] for c in codes)
        expected = next((c for c in range(255) if MASSES[c] <= left), 255)
        off = self.tails.number(coder, (self.first >> 3, 0, expected >> 3), 0)
        tail = (expected + (off >> 1 if off % 2 == 0 else -((off + 1) >> 1))) & 255
        rank = 0
        while rank < k:
            contexts = (10 + min(rank, 20), 100 + 64 * min(rank, 3) + (codes[rank] >> 2))
            if not self.ranks.bit(coder, contexts, 0, 1):
                break
            rank += 1
        if rank == k:
            codes.append(self.ranks.symbol(coder, 8, (3, 3), 1))
            self.mention(coder, k, 1)
        read = [(self.entries[e], c) for e, c in zip(self.mentioned, codes)]
        self.end(rank)
        return read[rank], read[:k], tail

    def mention(self, coder, r, g):
        b, z = bucket(r), 256
        if self.chosen >= 0 and self.entries[self.chosen]:
            z = self.entries[self.chosen][-1]
        newest = self.kinds & 7
        contexts = (
            b,
            (self.kinds & 0o777) * 8 + b,
            self.kinds & 0o777777,
            (self.chosen * 8 + b) * 8 + newest,
            (z * 8 + newest) * 8 + b,
        )
        kind = self.classes.symbol(coder, 3, contexts, b)
        self.kinds = self.kinds << 3 | kind
        new, place = 1, min(r, 254)
        if sum(self.frequencies[kind]):
            near = self.new_before
            n = near[place] * 4 + near[max(0, place - 1)] * 2 + near[place + 1]
            share = 16 * self.unseen // r if r else 0
            contexts = (
                (2 * b + (g == 0)) * 8 + kind,
                (self.history & 31) * 8 + kind,
                n * 8 + b,
                share * 8 + b,
                (len(self.entries).bit_length() * 8 + kind) * 8 + b,
                ((8 if self.preferred else 0) + (self.history & 7)) * 8 + kind,
            )
            new = self.seen.bit(coder, contexts, 0, b)
        self.new_now[place] = new
        self.history = self.history << 1 | new
        self.unseen += new
        if new:
            text = self.text(coder, kind, z)
            entry = len(self.entries)
            self.entries.append(text)
            self.weights.append(0)
            self.slot.append(len(self.members[kind]))
            self.members[kind].append(entry)
            self.frequencies[kind].append(0)
        else:
            slot = coder.entry(self.frequencies[kind])
            self.frequencies[kind][slot] = 0
            entry = self.members[kind][slot]
        self.mentioned.append(entry)
        text = self.entries[entry]
        self.beside = (text[1] if text[0] == 32 and len(text) > 1 else text[0]) if text else 256

    def text(self, coder, kind, z):
        text, q = bytearray(), kind
        while True:
            n = len(text)
            a = min(n, 7)
            l1, l2, l3 = (text[-i] if n >= i else 256 for i in (1, 2, 3))
            contexts = (
                8 if n else kind,
                8 * l1 + (kind if n < 2 else 0),
                257 * l1 + l2,
                257 * (257 * l1 + l2) + l3,
                q,
                8 * (257 * self.beside + l1) + a,
                8 * (8 * (257 * z + l1) + a) + kind,
            )
            if self.texts.bit(coder, contexts, 0, 8 + a):
                return bytes(text)
            byte = self.texts.symbol(coder, 8, contexts, a)
            text.append(byte)
            q = (q + byte + 1) * 0x2F0B4C47 & MASK
            q ^= q >> 15

    def end(self, rank):
        for entry in self.mentioned:
            self.weights[entry] += self.increment >> 8
        self.following[self.chosen] = self.mentioned[:64]
        self.chosen = self.mentioned[rank]
        self.increment += self.increment * 8 >> 8
        while self.increment > 128 * 256 or any(
            sum(self.weights[e] for e in members) > max(65536, 2 * len(members)) for members in self.members
        ):
            self.weights = [max(1, weight >> 1) for weight in self.weights]
            self.increment = max(8 * 256, self.increment >> 1)
        self.new_before, self.new_now = self.new_now, self.new_before


def after_the_sample(file):
    sample = base64.b64decode(Path(file).read_text())
    model, decoder = Model(), Decoder(sample[4:])
    for _ in range(int.from_bytes(sample[:4], "big")):
        model.token(decoder)
    if next(decoder.bytes, None) is not None:
        sys.exit("The sample goes on")
    model.begin()
    return model


def table(model, count, coded):
    model, decoder = copy.deepcopy(model), Decoder(coded)
    tokens = [model.token(decoder) for _ in range(count)]
    if next(decoder.bytes, None) is not None:
        sys.exit("The table goes on")
    return tokens


def shown(token, code):
    return {"token": token.decode("utf-8", "replace"), "logprob": None if code == 255 else -((code / 51) ** 2)}


if __name__ == "__main__":
    if len(sys.argv) not in (2, 4):
        sys.exit(__doc__)
    beginning = after_the_sample(sys.argv[1])
    print(len(beginning.entries), "tokens in the sample's vocabulary", file=sys.stderr)
    if len(sys.argv) == 4:
        for chosen, alternatives, tail in table(beginning, int(sys.argv[2]), Path(sys.argv[3]).read_bytes()):
            tail_mass = shown(b"", tail)["logprob"]
            print(json.dumps({**shown(*chosen), "tail_logprob": tail_mass,
                              "top_logprobs": [shown(*one) for one in alternatives]}))  # fmt: skip
