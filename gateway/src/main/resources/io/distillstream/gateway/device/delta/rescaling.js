// What old weights are in new scales: v of scale s that has not changed becomes v · s / s'.

/** Classes of what remains beyond a whole number of scales; the last: scales have not moved. */
export const REMAINDERS = 17;

const QUOTIENT_BITS = 20;
const ONE = 1 << QUOTIENT_BITS;

/** Scales that move by more than this factor tell nothing of single weights. */
const MOST = 4;

export class Rescaling {
  /** The bytes that stand for the weights of this row, if they have not changed. */
  expected;

  /** The old weights, in old scales. */
  weights;

  /** Classes of what remains. */
  remainders;

  #quotients;
  #run;
  #zero;
  #place = 0;

  /**
   * @param oldScales those of the old file, none where scales have not moved
   * @param newScales those of the new file
   */
  constructor({ width, zero, scales }, oldScales, newScales) {
    this.#run = scales?.run ?? 1;
    this.#zero = zero;
    this.#quotients = Array.from(oldScales, (old, i) => quotient(old, newScales[i]));
    this.expected = new Uint8Array(width);
    this.weights = new Int8Array(width);
    this.remainders = new Uint8Array(width);
  }

  /** Takes a row of old weights. */
  row(old, from, to) {
    const quotients = this.#quotients;
    for (let i = from; i < to; i++) {
      const column = i - from;
      const weight = ((old[i] - this.#zero) << 24) >> 24;
      this.weights[column] = weight;
      const scaled = quotients.length === 0 ? ONE
        : quotients[Math.floor((this.#place + column) / this.#run) % quotients.length];
      if (scaled === ONE) {
        this.expected[column] = old[i];
        this.remainders[column] = REMAINDERS - 1;
      } else {
        const product = weight * scaled;
        const nearest = (product + ONE / 2) >> QUOTIENT_BITS;
        this.expected[column] = Math.max(-128, Math.min(127, nearest)) + this.#zero;
        this.remainders[column] = ((product - (nearest << QUOTIENT_BITS)) >> (QUOTIENT_BITS - 4)) + 8;
      }
    }
    this.#place += to - from;
  }
}

function quotient(old, fresh) {
  const exact = Math.fround(old / fresh);
  return exact > 1 / MOST && exact < MOST ? Math.trunc(exact * ONE) : ONE;
}
