// What a model's file says of itself: an ONNX file is a protobuf message ModelProto, whose field 14
// holds pairs of texts. All other fields, weights among them, are skipped.

import { sha256 } from "./bytes.js";
import { WordPieceTokenizer } from "./tokenizer.js";

const METADATA_PROPS = 14;
const KEY = 1;
const VALUE = 2;
const PREFIX = "distillstream.";

/** A word piece may begin with a byte order mark. */
const UTF8 = { ignoreBOM: true };

/** Guards against a small file that unpacks to a huge one. */
const MOST_VOCABULARY_BYTES = 32 << 20;

/** Labels, their fingerprint, most tokens, and tokenizer, of a text classifier's file. */
export async function readModelMetadata(file) {
  const properties = metadataProperties(file);
  const require = (name) => {
    const value = properties.get(PREFIX + name);
    if (value === undefined) throw new Error(`Model metadata: ${PREFIX}${name} is missing`);
    return value;
  };
  const expect = (name, expected) => {
    if (require(name) !== expected) {
      throw new Error(`Model metadata: expected ${PREFIX}${name} to be "${expected}",`
        + ` got "${require(name)}"`);
    }
  };
  expect("task", "text-classification");
  expect("tokenizer", "wordpiece-uncased");
  const labels = JSON.parse(require("labels"));
  if (!Array.isArray(labels) || !labels.every((label) => typeof label === "string")) {
    throw new Error("Model metadata: distillstream.labels is not a list of texts");
  }
  const labelSpace = await fingerprint(labels);
  expect("label-space", labelSpace);
  const maxTokens = Number(require("max-tokens"));
  if (!Number.isSafeInteger(maxTokens) || maxTokens < 2) {
    throw new Error(`Model metadata: expected distillstream.max-tokens to be at least 2, got`
      + ` "${require("max-tokens")}"`);
  }
  const vocabulary = await unpack(require("vocabulary"));
  return { labels, labelSpace, maxTokens, tokenizer: new WordPieceTokenizer(vocabulary) };
}

/** The pairs of field 14, as a Map. */
export function metadataProperties(file) {
  const properties = new Map();
  for (const { number, bytes } of fields(file)) {
    if (number === METADATA_PROPS && bytes) {
      const entry = new Map([...fields(bytes)].map((field) => [field.number, field.bytes]));
      properties.set(text(entry.get(KEY)), text(entry.get(VALUE)));
    }
  }
  return properties;
}

/** Each field of a protobuf message; `bytes` of those that have a length. */
function* fields(message) {
  let at = 0;
  const varint = () => {
    let value = 0;
    // A length never reaches 2^53; the upper bits of a negative number may get lost.
    for (let factor = 1, byte = 0x80; byte >= 0x80; factor *= 128) {
      if (at >= message.length || factor > 2 ** 63) throw new Error("The file is no ONNX model");
      byte = message[at++];
      value += (byte & 0x7f) * factor;
    }
    return value;
  };
  while (at < message.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    let bytes = null;
    switch (tag % 8) {
      case 0: varint(); break;
      case 1: at += 8; break;
      case 2: {
        const length = varint();
        bytes = message.subarray(at, at + length);
        at += length;
        break;
      }
      case 5: at += 4; break;
      default: throw new Error("The file is no ONNX model");
    }
    if (at > message.length) throw new Error("The file is no ONNX model, or its end is missing");
    yield { number, bytes };
  }
}

const text = (bytes) => new TextDecoder("utf-8", UTF8).decode(bytes ?? new Uint8Array());

/** One entry a line, gzip, Base64. */
async function unpack(packed) {
  const gzip = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const stream = new Blob([gzip]).stream().pipeThrough(new DecompressionStream("gzip"));
  const decoder = new TextDecoder("utf-8", UTF8);
  let unpacked = "";
  let size = 0;
  for (const reader = stream.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > MOST_VOCABULARY_BYTES) {
      await reader.cancel();
      throw new Error(`The vocabulary unpacks to more than ${MOST_VOCABULARY_BYTES} bytes`);
    }
    unpacked += decoder.decode(value, { stream: true });
  }
  return (unpacked + decoder.decode()).split("\n");
}

/** SHA-256 of every label in order: its length in UTF-8 as a big-endian 32-bit integer, then it. */
async function fingerprint(labels) {
  const encoded = labels.map((label) => new TextEncoder().encode(label));
  const bytes = new Uint8Array(encoded.reduce((sum, label) => sum + 4 + label.length, 0));
  let at = 0;
  for (const label of encoded) {
    new DataView(bytes.buffer).setUint32(at, label.length);
    bytes.set(label, at + 4);
    at += 4 + label.length;
  }
  return sha256(bytes);
}
