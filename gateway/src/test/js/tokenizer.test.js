// Against what the Java tokenizer made of the same texts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fixture } from "./fixtures.js";
import { WordPieceTokenizer } from "./page/tokenizer.js";

test("gives Java's ids for awkward texts, cut at every length", () => {
  const { vocabulary, texts } = fixture("tokens.json");
  const tokenizer = new WordPieceTokenizer(vocabulary);
  assert.ok(texts.length > 100);
  for (const { text, maxTokens, ids } of texts) {
    assert.deepEqual(tokenizer.encode(text, maxTokens), ids, JSON.stringify({ text, maxTokens }));
  }
});

test("gives the ids that every language gives", () => {
  const { vocabulary, examples } = fixture("token-ids.json");
  const tokenizer = new WordPieceTokenizer(vocabulary);
  assert.ok(examples.length > 70);
  for (const { text, max_tokens: maxTokens, ids } of examples) {
    assert.deepEqual(tokenizer.encode(text, maxTokens), ids, JSON.stringify({ text, maxTokens }));
  }
});

/** Marks that have width since Unicode 14, which Java has known since 19. */
const RECLASSIFIED = [0x1734, 0x1171e];

test("treats each character that Java knows as Java does, alone and within a word", () => {
  const { characters, ids } = fixture("characters.json");
  const pieces = characters.flatMap((c) => [String.fromCodePoint(c), `##${String.fromCodePoint(c)}`]);
  const tokenizer = new WordPieceTokenizer([
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ...new Set(pieces)]);
  assert.ok(characters.length > 140_000);
  const others = [];
  characters.forEach((c, i) => {
    const actual = tokenizer.encode(`a${String.fromCodePoint(c)}b`, 16).slice(1, -1).join(" ");
    if (actual !== ids[i] && !RECLASSIFIED.includes(c)) others.push(`U+${c.toString(16)}: ${actual}, Java ${ids[i]}`);
  });
  assert.deepEqual(others, []);
});

test("refuses a vocabulary without the special tokens, or with a piece twice", () => {
  assert.throws(() => new WordPieceTokenizer(["[PAD]", "[UNK]", "[CLS]"]), /has no \[SEP\]/);
  assert.throws(() => new WordPieceTokenizer(["a", "a"]), /"a" occurs twice, again at 1/);
});
