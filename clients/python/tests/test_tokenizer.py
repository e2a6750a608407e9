"""The ids that the pipeline's own tokenizer gives."""

import json
import unittest
from pathlib import Path

from distillstream_device.tokenizer import WordPieceTokenizer

# The pipeline's tokenizer is held to the same file, by TokenIdsTest.
_EXAMPLES = (
    Path(__file__).parents[3]
    / "model-format/src/test/resources/io/distillstream/model/token-ids.json"
)


class TokenizerTest(unittest.TestCase):
    def test_gives_the_ids_that_every_language_gives(self) -> None:
        examples = json.loads(_EXAMPLES.read_bytes())
        tokenizer = WordPieceTokenizer(examples["vocabulary"])
        self.assertGreater(len(examples["examples"]), 70)
        for example in examples["examples"]:
            with self.subTest(example["text"], max_tokens=example["max_tokens"]):
                ids = tokenizer.encode(example["text"], example["max_tokens"])
                self.assertEqual(example["ids"], ids)

    def test_drops_what_no_encoding_has(self) -> None:
        tokenizer = WordPieceTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "dog"])
        self.assertEqual([2, 4, 3], tokenizer.encode("d\ud800og", 8))

    def test_refuses_a_vocabulary_without_special_tokens(self) -> None:
        with self.assertRaisesRegex(ValueError, r"\[SEP\]"):
            WordPieceTokenizer(["[PAD]", "[UNK]", "[CLS]", "a"])

    def test_refuses_a_piece_that_occurs_twice(self) -> None:
        with self.assertRaisesRegex(ValueError, "twice"):
            WordPieceTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "a"])
