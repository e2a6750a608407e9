"""The default student trained by PyTorch alone: the peer of `distillstream bench pytorch` and
`distillstream bench stream --python`.

Reads a safetensors file with the start weights, the tokens and the teacher's logits, takes one pass
over them and prints a line of JSON: seconds from the first batch to the last, the agreement of the
second half, each record scored before it is learned, and, if the file has held-out texts, the
agreement of the average on them after the last batch. Texts are padded to the longest of their
batch, as is usual, or packed: then padding takes part in attention alone. With a share above 0 each
batch is followed by remembered examples, which are that share of the step, from a reservoir.
"""

import json
import math
import random
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

HEADS, BATCH, ALPHA, DECAY, CLIP = 4, 32, 0.7, 0.01, 1.0
RATE, AVERAGING_STRIDE, AVERAGING_SHARE, AVERAGING_WINDOW = 3e-3, 512, 0.15, 10_000


def tensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    kinds = {"F32": np.float32, "I32": np.int32}
    return {
        name: np.frombuffer(
            data[slice(*info["data_offsets"])], kinds[info["dtype"]]
        ).reshape(info["shape"])
        for name, info in header.items()
        if name != "__metadata__"
    }


class Batch:
    """Texts of unequal length in a rectangle, and their tokens one behind the other."""

    def __init__(self, texts, packed):
        self.shape = len(texts), max(len(text) for text in texts)
        ids, mask = torch.zeros(self.shape, dtype=torch.long), torch.zeros(self.shape)
        for row, text in enumerate(texts):
            ids[row, : len(text)] = torch.from_numpy(text.astype(np.int64))
            mask[row, : len(text)] = 1
        self.mask = mask[:, :, None]
        self.cells = mask.flatten().nonzero()[:, 0] if packed else None
        self.ids = self.tokens(ids[:, :, None])[:, 0]

    def tokens(self, rectangle):
        flat = rectangle.flatten(0, 1)
        return flat if self.cells is None else flat.index_select(0, self.cells)

    def rectangle(self, tokens):
        if self.cells is not None:
            cells = tokens.new_zeros(self.shape[0] * self.shape[1], tokens.shape[1])
            tokens = cells.index_copy(0, self.cells, tokens)
        return tokens.unflatten(0, self.shape)


class Student(torch.nn.Module):
    def __init__(self, weights):
        super().__init__()
        table = torch.tensor(weights.pop("embedding"))
        # Sparse: a dense step over 30,522 rows would cost PyTorch more than all the rest.
        self.embedding = torch.nn.Embedding.from_pretrained(table, freeze=False, sparse=True)
        self.blocks = 1 + max(int(n[5]) for n in weights if n.startswith("block"))
        self.dense = torch.nn.ParameterDict(
            {n.replace(".", "_"): torch.nn.Parameter(torch.tensor(w)) for n, w in weights.items()}
        )

    def linear(self, name, x):
        return torch.addmm(self.dense[name + "_bias"], x, self.dense[name + "_weight"])

    def norm(self, name, x):
        return F.layer_norm(x, x.shape[-1:], self.dense[name + "_scale"], self.dense[name + "_shift"])

    def attention(self, name, x, batch):
        projected = self.linear(name + "_input", self.norm(name + "_norm", x))
        q, k, v = (
            part.unflatten(2, (HEADS, -1)).transpose(1, 2)
            for part in batch.rectangle(projected).chunk(3, 2)
        )
        q, k = F.elu(q) + 1, (F.elu(k) + 1) * batch.mask[:, None]
        read = q @ (k.transpose(2, 3) @ v)
        total = (q * k.sum(2, keepdim=True)).sum(3, keepdim=True)
        mixed = read / (total + 1e-6)
        return self.linear(name + "_output", batch.tokens(mixed.transpose(1, 2).flatten(2)))

    def forward(self, batch):
        x = self.embedding(batch.ids)
        for b in range(self.blocks):
            x = x + self.attention(f"block{b}_attention", x, batch)
            name = f"block{b}_feedforward"
            inner = F.gelu(self.linear(name + "_inner", self.norm(name + "_norm", x)))
            x = x + self.linear(name + "_outer", inner)
        pooled = (batch.rectangle(self.norm("norm", x)) * batch.mask).sum(1) / batch.mask.sum(1)
        return self.linear("classifier", pooled)


def loss(student, teacher, target, temperature):
    soft = F.kl_div(
        F.log_softmax(student / temperature, 1),
        F.log_softmax(teacher / temperature, 1),
        log_target=True,
        reduction="batchmean",
    )
    return ALPHA * temperature**2 * soft + (1 - ALPHA) * F.cross_entropy(student, target)


def clip(parameters):
    gradients = []
    for p in parameters:
        if p.grad.is_sparse:
            p.grad = p.grad.coalesce()
            gradients.append(p.grad.values())
        else:
            gradients.append(p.grad)
    norm = torch.sqrt(sum((g * g).sum() for g in gradients))
    if norm > CLIP:
        for g in gradients:
            g.mul_(CLIP / norm)


class Average:
    """What devices would get: a moving average, updated once per stride of records."""

    def __init__(self, student):
        self.student, self.weights = student, None

    @torch.no_grad()
    def learned(self, before, after):
        due = after // AVERAGING_STRIDE - before // AVERAGING_STRIDE
        if due == 0:
            return
        newest = list(self.student.parameters())
        if self.weights is None:
            self.weights = [w.clone() for w in newest]
            return
        window = max(AVERAGING_STRIDE, min(AVERAGING_WINDOW, AVERAGING_SHARE * before))
        for average, w in zip(self.weights, newest):
            average.lerp_(w, min(1.0, due * AVERAGING_STRIDE / window))


class Reservoir:
    """A uniform sample of what was learned so far (Vitter 1985): row numbers."""

    def __init__(self, share, room):
        self.share, self.room, self.rows, self.seen = share, room, [], 0
        self.random = random.Random(42)

    def draw(self, fresh):
        count = round(fresh * self.share / (1 - self.share))
        return self.random.sample(self.rows, min(count, len(self.rows)))

    def learned(self, rows):
        for row in rows:
            self.seen += 1
            if len(self.rows) < self.room:
                self.rows.append(row)
            else:
                place = self.random.randrange(self.seen)
                if place < self.room:
                    self.rows[place] = row


@torch.no_grad()
def held_out(student, average, ids, lengths, answers, packed):
    for w, averaged in zip(student.parameters(), average.weights or student.parameters()):
        w.copy_(averaged)
    starts = np.cumsum(np.append(0, lengths))
    agreeing = 0
    for first in range(0, len(answers), 100):
        rows = range(first, min(len(answers), first + 100))
        logits = student(Batch([ids[starts[i] : starts[i + 1]] for i in rows], packed))
        agreeing += (logits.argmax(1).numpy() == answers[first : first + 100]).sum()
    return float(agreeing / len(answers))


def main(path, threads, packed, share, room):
    torch.set_num_threads(threads)
    data = tensors(path)
    unseen = [data.pop(n, None) for n in ("held_out_ids", "held_out_lengths", "held_out_answers")]
    ids, starts = data.pop("ids"), np.cumsum(np.append(0, data.pop("lengths")))
    memory = Reservoir(share, room)
    teacher, truth = torch.tensor(data.pop("logits")), torch.tensor(data.pop("truth")).long()
    student = Student(data)
    decayed = [p for p in student.dense.values() if p.dim() == 2]
    plain = [p for p in student.dense.values() if p.dim() == 1]
    adam = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": DECAY}, {"params": plain, "weight_decay": 0.0}]
    )
    lazy = torch.optim.SparseAdam(list(student.embedding.parameters()))
    average = Average(student)
    count, agreeing, begin = len(truth), 0, None
    for first in range(0, count, BATCH):
        fresh = range(first, min(count, first + BATCH))
        rows = [*fresh, *memory.draw(len(fresh))]
        texts = [ids[starts[i] : starts[i + 1]] for i in rows]
        rate = RATE * min(1.0, (first + 1) / 641)
        for group in adam.param_groups + lazy.param_groups:
            group["lr"] = rate
        logits = student(Batch(texts, packed))
        expected = teacher[rows]
        if 2 * first >= count:
            same = logits.argmax(1) == expected.argmax(1)
            agreeing += same[: len(fresh)].sum().item()
        temperature = 8 * (2 / 8) ** min(1.0, first / 5_000)
        loss(logits, expected, truth[rows], temperature).backward()
        clip([*student.dense.values(), student.embedding.weight])
        adam.step()
        lazy.step()
        adam.zero_grad(set_to_none=True)
        lazy.zero_grad(set_to_none=True)
        average.learned(first, first + len(fresh))
        memory.learned(fresh)
        begin = begin or time.perf_counter()
    scored = count - math.ceil(count / 2 / BATCH) * BATCH
    result = {"seconds": time.perf_counter() - begin, "agreement": agreeing / scored}
    if unseen[0] is not None:
        result["held_out"] = held_out(student, average, *unseen, packed)
    print(json.dumps(result))


main(
    sys.argv[1],
    int(sys.argv[2]),
    sys.argv[3] == "packed",
    float(sys.argv[4]) if len(sys.argv) > 4 else 0.0,
    int(sys.argv[5]) if len(sys.argv) > 5 else 1,
)
