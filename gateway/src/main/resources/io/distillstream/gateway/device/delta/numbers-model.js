// Differences of numbers that are too fine to repeat: sign, number of binary digits and the first two
// digits after the leading one are predicted.

import { BitPredictor } from "./bit-predictor.js";
import { InvalidDelta } from "./invalid-delta.js";

/** Numbers of digits, 0 to 32, as the leaves of a binary tree. */
const DIGIT_BITS = 6;
const TREE = 1 << DIGIT_BITS;
const LENGTHS = 33;
const PREDICTED_DIGITS = 2;
const EVEN = 1 << 15;

const FLOAT16 = 1;
const INT32 = 2;
const ROUNDED_FLOAT32 = 3;

export class NumbersModel {
  #coder;
  #digits;
  #sign = new BitPredictor(1, 9, 3 * LENGTHS, 9 * 3);
  #leading = new BitPredictor(1, LENGTHS << PREDICTED_DIGITS);
  #trailing = new BitPredictor(1, 32);
  #type = 0;
  #width = 1;
  #column = 0;
  #digitsAbove;
  #signsAbove;
  #digitsLeft = 0;
  #digitsBefore = 0;
  #signLeft = 0;
  #signBefore = 0;

  /**
   * @param widest row there will be
   */
  constructor(coder, widest) {
    this.#coder = coder;
    this.#digits =
      new BitPredictor(1, TREE, TREE * LENGTHS, TREE * LENGTHS, TREE * LENGTHS, widest * TREE);
    this.#digitsAbove = new Uint8Array(widest);
    this.#signsAbove = new Uint8Array(widest);
  }

  begin({ type, width }) {
    this.#type = type;
    this.#width = width;
    this.#column = 0;
    this.#digitsAbove.fill(0);
    this.#signsAbove.fill(0);
    this.#digitsLeft = this.#digitsBefore = this.#signLeft = this.#signBefore = 0;
    this.#digits.forget(4);
  }

  /** Writes the numbers of the new file after those of the old one. */
  decode(old, fresh) {
    const bytes = this.#type === FLOAT16 ? 2 : 4;
    for (let at = 0; at < fresh.length; at += bytes) {
      this.#put(this.#ordered(old, at, bytes) + this.#difference(), fresh, at, bytes);
      this.#column = this.#column + 1 < this.#width ? this.#column + 1 : 0;
    }
  }

  /** The number at a place, as an integer that is in the order of the numbers. */
  #ordered(from, at, bytes) {
    return this.#swapped(bytes === 4
      ? from[at] | (from[at + 1] << 8) | (from[at + 2] << 16) | (from[at + 3] << 24)
      : ((from[at] | (from[at + 1] << 8)) << 16) >> 16);
  }

  #put(ordered, to, at, bytes) {
    const bits = this.#swapped(ordered | 0);
    for (let i = 0; i < bytes; i++) to[at + i] = bits >> (8 * i);
  }

  /** Negative floating-point numbers are in the opposite order of their bits. */
  #swapped(bits) {
    if (this.#type === INT32 || bits >= 0) return bits;
    return bits ^ (this.#type === FLOAT16 ? 0x7fff : 0x7fff_ffff);
  }

  #difference() {
    const length = this.#length();
    let sign = 0;
    let difference = 0;
    if (length > 0) {
      sign = this.#nextSign(length);
      difference = this.#magnitude(length);
      if (sign === 2) difference = -difference | 0;
    }
    this.#digitsAbove[this.#column] = length;
    this.#signsAbove[this.#column] = sign;
    this.#digitsBefore = this.#digitsLeft;
    this.#digitsLeft = length;
    this.#signBefore = this.#signLeft;
    this.#signLeft = sign;
    return difference;
  }

  #length() {
    const digits = this.#digits;
    const above = this.#digitsAbove[this.#column];
    const mean = Math.floor((this.#digitsLeft + this.#digitsBefore + above) / 3);
    let node = 1;
    for (let i = 0; i < DIGIT_BITS; i++) {
      digits.context(0, node);
      digits.context(1, this.#digitsLeft * TREE + node);
      digits.context(2, above * TREE + node);
      digits.context(3, mean * TREE + node);
      digits.context(4, this.#column * TREE + node);
      node = (node << 1) | digits.decode(this.#coder, 0);
    }
    if (node - TREE >= LENGTHS) {
      throw new InvalidDelta(`a difference in it has ${node - TREE} binary digits`);
    }
    return node - TREE;
  }

  /** 1 for a positive difference, 2 for a negative one. */
  #nextSign(length) {
    const lefts = this.#signLeft * 3 + this.#signBefore;
    const above = this.#signsAbove[this.#column];
    this.#sign.context(0, lefts);
    this.#sign.context(1, above * LENGTHS + length);
    this.#sign.context(2, lefts * 3 + above);
    return 1 + this.#sign.decode(this.#coder, 0);
  }

  #magnitude(length) {
    let magnitude = 1;
    let node = 1;
    for (let shift = length - 2; shift >= 0; shift--) {
      let bit;
      if (shift >= length - 1 - PREDICTED_DIGITS) {
        this.#leading.context(0, (length << PREDICTED_DIGITS) + node);
        bit = this.#leading.decode(this.#coder, 0);
        node = (node << 1) | bit;
      } else if (this.#type === ROUNDED_FLOAT32) {
        this.#trailing.context(0, shift);
        bit = this.#trailing.decode(this.#coder, 0);
      } else {
        bit = this.#coder.decode(EVEN);
      }
      magnitude = (magnitude << 1) | bit;
    }
    return magnitude;
  }
}
