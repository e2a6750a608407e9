"""Writes the TorchScript files beside it, and what PyTorch itself says to some texts.

    pip install torch tokenizers
    python generate.py

Weights are drawn by a seed: running it again changes bytes (names of source files, versions), not answers.
"""

import json
from pathlib import Path
from typing import Dict, Tuple

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from torch import Tensor, nn

HERE = Path(__file__).parent
PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "small", "big", "dog", "cat", "tree", "##s", "run", "##ning"]
PIECES += ["two", "word", "some", "more", "beside", "which", "of", "them", "are", "pad", "##ded", ","]
TEXTS = ["a small dog", "cats", "a big tree beside some running dogs, cats", "Two WORDS", "unheard"]
LABELS = ["animal", "plant", "other"]
WIDTH = 8


class Bag(nn.Module):
    """The mean of the word vectors, and a linear layer."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(len(PIECES), WIDTH)
        self.out = nn.Linear(WIDTH, len(LABELS))

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        mask = attention_mask.unsqueeze(-1).to(torch.float32)
        return self.out((self.words(input_ids) * mask).sum(1) / mask.sum(1))


class Attention(nn.Module):
    """Words weighed by a softmax over those that are no padding; its answer is a tuple."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(len(PIECES), WIDTH)
        self.types = nn.Embedding(2, WIDTH)
        self.query = nn.Linear(WIDTH, 1)
        self.out = nn.Linear(WIDTH, len(LABELS))

    def forward(self, input_ids: Tensor, token_type_ids: Tensor, attention_mask: Tensor) -> Tuple[Tensor, Tensor]:
        hidden = self.words(input_ids) + self.types(token_type_ids)
        for _ in range(2):
            hidden = torch.tanh(hidden) + hidden
        weights = self.query(hidden).squeeze(-1).masked_fill(attention_mask == 0, -1e9).softmax(-1)
        pooled = (weights.unsqueeze(-1) * hidden).sum(1)
        return self.out(pooled), pooled


class Outputs(nn.Module):
    """The bag's logits, and much that is none, in a dictionary."""

    def __init__(self):
        super().__init__()
        self.bag = Bag()
        self.dropout = nn.Dropout(0.5)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Dict[str, Tensor]:
        logits = self.bag(input_ids, attention_mask)
        return {
            "logits": self.dropout(logits),
            "probabilities": logits.softmax(-1),
            "columns": logits.t().contiguous().t(),
            "half": logits.half(),
            "words": self.bag.words(input_ids),
            "nan": logits * float("nan"),
            "random": torch.rand_like(logits),
            "unmasked": self.bag(input_ids, torch.ones_like(attention_mask)),
            "best": logits.argmax(-1),
        }


def tokenizer() -> Tokenizer:
    made = Tokenizer(models.WordPiece({piece: i for i, piece in enumerate(PIECES)}, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return made


def batch(tokens: Tokenizer):
    ids = [tokens.encode(text).ids for text in TEXTS]
    longest = max(map(len, ids))
    padded = torch.tensor([row + [0] * (longest - len(row)) for row in ids])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in ids])
    return padded, mask


def main():
    torch.manual_seed(20)
    torch.set_num_threads(1)
    tokens = tokenizer()
    tokens.save(str(HERE / "tokenizer.json"))
    (HERE / "labels.txt").write_text("\n".join(LABELS) + "\n")
    ids, mask = batch(tokens)
    bag, attention, outputs = Bag().eval(), Attention().eval(), Outputs()
    torch.jit.trace(bag, (ids[:2], mask[:2])).save(str(HERE / "bag.pt"))
    torch.jit.script(attention).save(str(HERE / "attention.pt"))
    # Saved as it is while it is trained: its dropout is on.
    torch.jit.script(outputs.train()).save(str(HERE / "outputs.pt"))
    torch.save(bag.state_dict(), HERE / "weights.pt")
    with torch.no_grad():
        golden = {
            "torch": torch.__version__,
            "texts": TEXTS,
            "ids": [row[: int(m.sum())] for row, m in zip(ids.tolist(), mask)],
            "bag": bag(ids, mask).tolist(),
            "attention": attention(ids, torch.zeros_like(ids), mask)[0].tolist(),
            "outputs": outputs.eval()(ids, mask)["logits"].tolist(),
        }
    (HERE / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
