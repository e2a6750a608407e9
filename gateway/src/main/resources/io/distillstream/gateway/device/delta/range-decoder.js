// Binary arithmetic decoding: a number within an interval that narrows by each bit's probability.

import { InvalidDelta } from "./invalid-delta.js";

/** An encoder leaves out the last three bytes, which are zeros. */
const IMPLIED = 3;

export class RangeDecoder {
  #bytes;
  #at;
  #low = 0;
  #high = 0xffff_ffff;
  #value = 0;
  #beyond = 0;

  constructor(bytes, from) {
    this.#bytes = bytes;
    this.#at = from;
    for (let i = 0; i < 4; i++) this.#value = ((this.#value << 8) | this.#next()) >>> 0;
  }

  /** The next bit, 0 or 1, given the probability of 1 in units of 2^-16. */
  decode(one) {
    const range = this.#high - this.#low;
    const middle = this.#low + Math.floor(range / 65536) * one
      + Math.floor(((range % 65536) * one) / 65536);
    const bit = this.#value <= middle ? 1 : 0;
    if (bit === 1) this.#high = middle;
    else this.#low = middle + 1;
    while ((this.#low ^ this.#high) >>> 24 === 0) {
      this.#low = (this.#low << 8) >>> 0;
      this.#high = ((this.#high << 8) | 0xff) >>> 0;
      this.#value = ((this.#value << 8) | this.#next()) >>> 0;
    }
    return bit;
  }

  #next() {
    if (this.#at < this.#bytes.length) return this.#bytes[this.#at++];
    this.#beyond++;
    if (this.#beyond > IMPLIED) throw new InvalidDelta("it ends early");
    return 0;
  }

  /** To be called when all is decoded. */
  finish() {
    if (this.#beyond < IMPLIED || this.#at < this.#bytes.length) {
      throw new InvalidDelta("it has bytes beyond its end");
    }
  }
}
