// Predicts a bit from several contexts at once: their logits are added with weights that are learned
// bit by bit (logistic mixing; Mahoney 2005). In the whole numbers of the encoder, to the bit.

import { LOGITS, LOGIT_BITS, probability } from "./logistic.js";

/** Low bits of a state: how often its context was seen. The others are the probability of 1. */
const COUNT_BITS = 10;
const COUNT_MASK = (1 << COUNT_BITS) - 1;
const PROBABILITY_BITS = 32 - COUNT_BITS;

/** A context that was seen so often follows changes no faster any more. */
const LARGEST_COUNT = 400;
const EVEN = 1 << 31;

/** A weight of 1. */
const ONE = 1 << 16;

/** Steps of the weights, in units of 2^-20, at first and in the long run. */
const FIRST_RATE = 12;
const LAST_RATE = 4;
const BITS_PER_RATE = 128;

const RECIPROCALS = Int32Array.from({ length: LARGEST_COUNT + 1 },
  (_, i) => Math.floor((2 << 16) / (2 * i + 3)));

export class BitPredictor {
  #firsts;
  #states;
  #slots;
  #logits;
  #weights;
  #uses;

  /**
   * @param sets of weights; whoever decodes a bit says which one is to be used
   * @param tables for each context, how many values it can have
   */
  constructor(sets, ...tables) {
    let size = 0;
    this.#firsts = tables.map((values) => {
      size += values;
      return size - values;
    });
    this.#states = new Int32Array(size).fill(EVEN);
    this.#slots = new Int32Array(tables.length);
    this.#logits = new Int32Array(tables.length);
    this.#weights = new Int32Array(sets * tables.length)
      .fill(Math.floor((ONE * 3) / (2 * tables.length)));
    this.#uses = new Int32Array(sets);
  }

  /** Says what a context is for the next bit. */
  context(table, value) {
    this.#slots[table] = this.#firsts[table] + value;
  }

  /** Forgets what was learned in the contexts of a table. */
  forget(table) {
    this.#states.fill(EVEN, this.#firsts[table], this.#firsts[table + 1] ?? this.#states.length);
  }

  /** Decodes a bit and learns from it. */
  decode(coder, set) {
    const states = this.#states;
    const slots = this.#slots;
    const logits = this.#logits;
    const weights = this.#weights;
    const inputs = slots.length;
    const first = set * inputs;
    let sum = 0;
    for (let i = 0; i < inputs; i++) {
      const logit = LOGITS[states[slots[i]] >>> (32 - LOGIT_BITS)];
      logits[i] = logit;
      sum += weights[first + i] * logit;
    }
    const one = probability(Math.floor(sum / 65536));
    const bit = coder.decode(one);
    const error = (bit << 16) - one;
    const rate = Math.max(LAST_RATE, FIRST_RATE - Math.trunc(this.#uses[set]++ / BITS_PER_RATE));
    const target = bit << PROBABILITY_BITS;
    for (let i = 0; i < inputs; i++) {
      weights[first + i] += (Math.imul(Math.imul(logits[i], error), rate) + (1 << 19)) >> 20;
      const state = states[slots[i]];
      const count = state & COUNT_MASK;
      const before = state >>> COUNT_BITS;
      const now = before + Math.floor(((target - before) * RECIPROCALS[count]) / 65536);
      states[slots[i]] = (now << COUNT_BITS) | Math.min(count + 1, LARGEST_COUNT);
    }
    return bit;
  }
}
