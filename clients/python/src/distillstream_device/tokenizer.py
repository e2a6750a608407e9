"""Word pieces of the uncased BERT models, id for id as the pipeline's Java tokenizer cuts them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_SPECIAL = re.compile(r"\[(?:PAD|UNK|CLS|SEP|MASK)\]")
_MAX_WORD_CODE_POINTS = 100
_IDEOGRAPHS = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B920, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)


class WordPieceTokenizer:
    """Cuts text into the pieces of a vocabulary, given in the order of their ids."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._ids = {piece: i for i, piece in enumerate(vocabulary)}
        if len(self._ids) != len(vocabulary):
            raise ValueError("a word piece occurs twice in the vocabulary")
        missing = {"[PAD]", "[UNK]", "[CLS]", "[SEP]"} - self._ids.keys()
        if missing:
            raise ValueError(f"the vocabulary has no {min(missing)}")
        self._longest = max(map(len, vocabulary))

    def encode(self, text: str, max_tokens: int) -> list[int]:
        """The ids from [CLS] to [SEP], ``max_tokens`` at most; a longer text loses its end."""
        ids = [self._ids["[CLS]"]]
        start = 0
        for special in _SPECIAL.finditer(text):
            # As in Hugging Face's tokenizers, a special token that is spelt out is that token.
            if special.group() in self._ids:
                self._add(text[start : special.start()], ids, max_tokens)
                ids.append(self._ids[special.group()])
                start = special.end()
        self._add(text[start:], ids, max_tokens)
        return ids[: max_tokens - 1] + [self._ids["[SEP]"]]

    def _add(self, text: str, ids: list[int], enough: int) -> None:
        for word in _words(_normalized(text)):
            if len(ids) >= enough:
                return
            ids += self._pieces(word)

    def _pieces(self, word: str) -> list[int]:
        """The longest known prefix again and again; one unknown token if any part has no piece."""
        unknown = [self._ids["[UNK]"]]
        if len(word) > _MAX_WORD_CODE_POINTS:
            return unknown
        pieces: list[int] = []
        start = 0
        while start < len(word):
            prefix = "##" if start else ""
            for end in range(min(len(word), start + self._longest), start, -1):
                piece = self._ids.get(prefix + word[start:end])
                if piece is not None:
                    break
            else:
                return unknown
            pieces.append(piece)
            start = end
        return pieces


def _normalized(text: str) -> str:
    cleaned = "".join(map(_clean, text))
    decomposed = unicodedata.normalize("NFD", cleaned)
    # Character by character: lower-casing a whole string would look at a sigma's neighbours.
    return "".join(c.lower() for c in decomposed if unicodedata.category(c) != "Mn")


def _clean(c: str) -> str:
    if _is_blank(c):
        return " "
    if any(first <= ord(c) <= last for first, last in _IDEOGRAPHS):
        return f" {c} "
    dropped = c == "\ufffd" or unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs")
    return "" if dropped else c


def _is_blank(c: str) -> bool:
    return c in "\t\n\r" or unicodedata.category(c) in ("Zs", "Zl", "Zp")


def _is_punctuation(c: str) -> bool:
    if c < "\x80":
        return " " < c < "\x7f" and not c.isalnum()
    return unicodedata.category(c)[0] == "P"


def _words(text: str) -> list[str]:
    spaced = (f" {c} " if _is_punctuation(c) else " " if _is_blank(c) else c for c in text)
    return "".join(spaced).split(" ")
