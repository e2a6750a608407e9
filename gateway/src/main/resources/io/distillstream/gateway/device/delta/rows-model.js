// Differences of 8-bit weights: of each row whether it has changed, and in a row that has, of each
// weight whether it has as is expected; then the sign and the size of what it has not.

import { BitPredictor } from "./bit-predictor.js";
import { ChangePredictor, FRACTIONS, WHOLES } from "./change-predictor.js";
import { REMAINDERS, Rescaling } from "./rescaling.js";
import { EVEN_RATE, RATES, RowHistory, SURROUNDINGS, nextRate, rateClass } from "./row-history.js";

/** Differences up to this many are counted one by one; the rest of larger ones is a number. */
const COUNTED = 8;
const REST_BITS = 7;

const EXPECTATIONS = FRACTIONS * WHOLES;

export class RowsModel {
  #coder;
  #rowChanged = new BitPredictor(1, 256, 4096, RATES * 2);
  #changed;
  #sign;
  #larger;
  #rest = new BitPredictor(1, 1 << REST_BITS);
  #history;
  #rescaling;
  #changes;
  #width = 1;
  #rowsBefore = 0;
  #rowRate = EVEN_RATE;

  /**
   * @param widest row there will be
   */
  constructor(coder, widest) {
    this.#coder = coder;
    this.#changed = new BitPredictor(RATES, RATES * 16, 256, widest, RATES * RATES,
      REMAINDERS * 8 * RATES, SURROUNDINGS, 256 * RATES, RATES * EXPECTATIONS);
    this.#sign = new BitPredictor(1, REMAINDERS * 3, 81 * 3, widest, 256, 27, 3 * FRACTIONS);
    this.#larger = new BitPredictor(1, COUNTED * RATES, COUNTED * 64, COUNTED * widest,
      COUNTED * EXPECTATIONS);
  }

  begin(segment, oldScales, newScales) {
    this.#width = segment.width;
    this.#rescaling = new Rescaling(segment, oldScales, newScales);
    this.#history = new RowHistory(segment.width);
    this.#changes = new ChangePredictor(segment.width);
    this.#changed.forget(2);
    this.#sign.forget(2);
    this.#larger.forget(2);
    this.#rowsBefore = 0;
    this.#rowRate = EVEN_RATE;
  }

  /** Writes rows of the new file after those of the old one. */
  decode(old, fresh) {
    for (let from = 0; from < fresh.length; from += this.#width) {
      this.#row(old, fresh, from, Math.min(from + this.#width, fresh.length));
    }
  }

  #row(old, fresh, from, to) {
    this.#rescaling.row(old, from, to);
    const unchanged = this.#rescaling.expected;
    if (!this.#differs()) {
      fresh.set(unchanged.subarray(0, to - from), from);
      return;
    }
    this.#history.row();
    for (let column = 0; column < to - from; column++) {
      this.#changes.predict(column);
      const change = this.#changes.whole + this.#difference(column);
      fresh[from + column] = unchanged[column] + change;
      this.#changes.changed(column, (change << 24) >> 24);
    }
    this.#changes.endRow();
  }

  #differs() {
    this.#rowChanged.context(0, this.#rowsBefore & 0xff);
    this.#rowChanged.context(1, this.#rowsBefore & 0xfff);
    this.#rowChanged.context(2, rateClass(this.#rowRate) * 2 + (this.#rowsBefore & 1));
    const differs = this.#rowChanged.decode(this.#coder, 0);
    this.#rowsBefore = (this.#rowsBefore << 1) | differs;
    this.#rowRate = nextRate(this.#rowRate, differs, 5);
    return differs === 1;
  }

  /** From what is expected. */
  #difference(column) {
    const history = this.#history;
    const changed = this.#changed;
    const rate = history.rowRate;
    const weight = this.#rescaling.weights[column];
    const remainder = this.#rescaling.remainders[column];
    const { fraction } = this.#changes;
    changed.context(0, rate * 16 + history.progress);
    changed.context(1, history.flags);
    changed.context(2, column);
    changed.context(3, rate * RATES + history.columnRate(column));
    changed.context(4, (remainder * 8 + sizeClass(weight)) * RATES + rate);
    changed.context(5, history.surroundings(column));
    changed.context(6, (weight + 128) * RATES + history.nearRate);
    changed.context(7, rate * EXPECTATIONS + this.#expectation(fraction));
    let difference = 0;
    if (changed.decode(this.#coder, rate) === 1) {
      const negative = this.#negative(column, weight, remainder) === 1;
      const onwards = negative ? FRACTIONS - 1 - fraction : fraction;
      const magnitude = this.#magnitude(rate, column, this.#expectation(onwards));
      difference = negative ? -magnitude : magnitude;
    }
    history.decoded(column, difference);
    return difference;
  }

  /** The class of the expected change with a fraction that is seen in some direction. */
  #expectation(fraction) {
    return fraction * WHOLES + this.#changes.wholeClass;
  }

  #negative(column, weight, remainder) {
    const sign = this.#sign;
    sign.context(0, remainder * 3 + Math.sign(weight) + 1);
    sign.context(1, this.#history.signs * 3 + this.#history.signAbove(column));
    sign.context(2, column);
    sign.context(3, weight + 128);
    sign.context(4, this.#history.signsAround(column));
    sign.context(5, this.#changes.fraction * 3 + Math.sign(this.#changes.whole) + 1);
    return sign.decode(this.#coder, 0);
  }

  #magnitude(rate, column, expectation) {
    const larger = this.#larger;
    for (let counted = 0; counted < COUNTED; counted++) {
      larger.context(0, counted * RATES + rate);
      larger.context(1, counted * 64 + this.#history.sizes(column));
      larger.context(2, counted * this.#width + column);
      larger.context(3, counted * EXPECTATIONS + expectation);
      if (larger.decode(this.#coder, 0) === 0) return counted + 1;
    }
    let node = 1;
    for (let i = 0; i < REST_BITS; i++) {
      this.#rest.context(0, node);
      node = (node << 1) | this.#rest.decode(this.#coder, 0);
    }
    return COUNTED + 1 + node - (1 << REST_BITS);
  }
}

/** How large a weight is, in eight classes. */
const sizeClass = (weight) => Math.min(7, 32 - Math.clz32(Math.abs(weight)));
