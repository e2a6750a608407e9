// Bytes that the old file does not have, after those before them and beside similar ones of it; and
// whole numbers made of such bytes.

import { BitPredictor } from "./bit-predictor.js";
import { InvalidDelta } from "./invalid-delta.js";

const VALUES = 256;
const HASHES = 1 << 16;

/** What is expected where nothing is. */
export const NOTHING = VALUES;

/** So many right expectations in a row count as many. */
const MOST_HITS = 3;

const hash = (bytes, node) =>
  Math.imul((Math.imul(bytes, 0x2c1b3c6d) + Math.imul(node, 0x297a2d39)) | 0, 0x7feb352d) >>> 16;

export class TextModel {
  #coder;
  #predictor = new BitPredictor(MOST_HITS + 1, VALUES, VALUES * VALUES, HASHES, HASHES, HASHES);

  /** The bytes before, the newest lowest. */
  #history = 0;

  /** How many expectations were right in a row. */
  #hits = 0;

  constructor(coder) {
    this.#coder = coder;
  }

  /** The next byte, where another one is expected. */
  byte(expected) {
    const history = this.#history;
    let node = 1;
    for (let i = 0; i < 8; i++) {
      this.#predictor.context(0, node);
      this.#predictor.context(1, ((history & 0xff) << 8) | node);
      this.#predictor.context(2, hash(history & 0xffff, node));
      this.#predictor.context(3, hash((history & 0xffffff) | (1 << 24), node));
      this.#predictor.context(4, hash(expected | (this.#hits << 9) | (2 << 24), node));
      node = (node << 1) | this.#predictor.decode(this.#coder, this.#hits);
    }
    const value = node - VALUES;
    this.#history = (history << 8) | value;
    this.#hits = value === expected ? Math.min(this.#hits + 1, MOST_HITS) : 0;
    return value;
  }

  /** A whole number in groups of seven bits, the lowest first. */
  number() {
    let value = 0;
    for (let unit = 1; unit <= Number.MAX_SAFE_INTEGER; unit *= 128) {
      const group = this.byte(NOTHING);
      value += (group & 127) * unit;
      if (!Number.isSafeInteger(value)) break;
      if (group < 128) return value;
    }
    throw new InvalidDelta("a number in it is too large");
  }
}
