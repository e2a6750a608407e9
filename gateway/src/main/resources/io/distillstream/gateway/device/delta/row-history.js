// What has changed otherwise than expected so far in a matrix: in this row, in its columns, and in the
// last changed row. And how often something happens: running means in units of 2^-16, and their classes.

import { LOGITS, LOGIT_BITS } from "./logistic.js";

/** Classes of rates, about a nat of their logits wide. */
export const RATES = 19;

/** Classes of what surrounds a weight. */
export const SURROUNDINGS = 5 * 3 * 5 * 3 * 3;

export const EVEN_RATE = 1 << 15;

const COLUMN_SHIFT = 5;
const NEAR_SHIFT = 4;

/** The mean after another event, 0 or 1; it reaches back about 2^shift events. */
export const nextRate = (rate, happened, shift) => rate + ((happened * 65535 - rate) >> shift);

export const rateClass = (rate) =>
  Math.trunc(LOGITS[rate >> (16 - LOGIT_BITS)] / 256) + Math.floor(RATES / 2);

const clamp = (value, most) => Math.max(-most, Math.min(most, value));

export class RowHistory {
  #above;
  #here;
  #columnRates;
  #column = 0;
  #changes = 0;
  #flags = 0;
  #near = EVEN_RATE / 8;

  /** Signs of the last four changes of this row, each 0 to 2, as digits to the base 3. */
  #signs = 40;

  constructor(width) {
    this.#above = new Int8Array(width);
    this.#here = new Int8Array(width);
    this.#columnRates = new Uint16Array(width).fill(EVEN_RATE / 8);
  }

  /** A row that has changed begins. */
  row() {
    [this.#above, this.#here] = [this.#here, this.#above];
    this.#column = this.#changes = this.#flags = 0;
    this.#signs = 40;
  }

  /** A weight of this row was decoded. */
  decoded(column, difference) {
    const happened = difference === 0 ? 0 : 1;
    this.#here[column] = clamp(difference, 100);
    this.#column = column + 1;
    this.#changes += happened;
    this.#flags = (this.#flags << 1) | happened;
    this.#near = nextRate(this.#near, happened, NEAR_SHIFT);
    this.#columnRates[column] = nextRate(this.#columnRates[column], happened, COLUMN_SHIFT);
    if (happened === 1) this.#signs = (this.#signs * 3 + 1 + Math.sign(difference)) % 81;
  }

  /** Class of how much of this row has changed. */
  get rowRate() {
    return rateClass(Math.floor(((2 * this.#changes + 1) * 65535) / (2 * this.#column + 2)));
  }

  /** Class of how much of the newest weights has changed, those of rows before included. */
  get nearRate() {
    return rateClass(this.#near);
  }

  columnRate = (column) => rateClass(this.#columnRates[column]);

  /** How far the row is decoded, in 16 classes. */
  get progress() {
    return Math.min(15, 32 - Math.clz32(this.#column));
  }

  /** Whether each of the last eight weights has changed. */
  get flags() {
    return this.#flags & 0xff;
  }

  get signs() {
    return this.#signs;
  }

  signAbove = (column) => sign(this.#above, column);

  /** Signs of the neighbours left, above, and above to the right. */
  signsAround = (column) => (sign(this.#here, column - 1) * 3 + sign(this.#above, column)) * 3
    + sign(this.#above, column + 1);

  /** Class of the neighbours: two to the left, three above. */
  surroundings = (column) =>
    (((clipped(this.#here, column - 1) * 3 + sign(this.#here, column - 2)) * 5
      + clipped(this.#above, column)) * 3 + sign(this.#above, column - 1)) * 3
      + sign(this.#above, column + 1);

  /** Class of the sizes of neighbouring changes. */
  sizes = (column) => Math.min(7, size(this.#here, column - 1) + size(this.#here, column - 2)) * 8
    + Math.min(7, size(this.#above, column));
}

// Beyond a row nothing has changed.
const size = (row, column) => Math.abs(row[column] ?? 0);
const clipped = (row, column) => 2 + clamp(row[column] ?? 0, 2);
const sign = (row, column) => 1 + Math.sign(row[column] ?? 0);
