package io.distillstream.delta;

import java.io.IOException;
import java.util.Arrays;

/**
 * Predicts a bit from several contexts at once. Each context keeps how often the bit was 1 in it;
 * their logits are added with weights that are learned bit by bit, by the gradient of the code's
 * length (logistic mixing; Mahoney, "Adaptive weighing of context models for lossless data
 * compression", 2005).
 */
final class BitPredictor {
  /** Low bits of a state: how often its context was seen. The others are the probability of 1. */
  private static final int COUNT_BITS = 10;

  private static final int COUNT_MASK = (1 << COUNT_BITS) - 1;
  private static final int PROBABILITY_BITS = Integer.SIZE - COUNT_BITS;

  /** A context that was seen so often follows changes no faster any more. */
  private static final int LARGEST_COUNT = 400;

  private static final int EVEN = 1 << (Integer.SIZE - 1);

  /** A weight of 1. */
  private static final int ONE = 1 << 16;

  /** Steps of the weights, in units of 2^-20, at first and in the long run. */
  private static final int FIRST_RATE = 12;

  private static final int LAST_RATE = 4;

  /** Bits of a set of weights after which its steps are one unit smaller. */
  private static final int BITS_PER_RATE = 128;

  private static final int[] RECIPROCALS = new int[LARGEST_COUNT + 1];

  static {
    for (int i = 0; i < RECIPROCALS.length; i++) {
      RECIPROCALS[i] = (2 << 16) / (2 * i + 3);
    }
  }

  private final int[] states;
  private final int[] firstOfTable;
  private final int[] slots;
  private final int[] logits;
  private final int[] weights;
  private final int[] uses;

  /**
   * @param sets of weights; whoever codes a bit says which one is to be used
   * @param tables for each context, how many values it can have
   */
  BitPredictor(int sets, int... tables) {
    firstOfTable = new int[tables.length];
    int size = 0;
    for (int i = 0; i < tables.length; i++) {
      firstOfTable[i] = size;
      size += tables[i];
    }
    states = new int[size];
    Arrays.fill(states, EVEN);
    slots = new int[tables.length];
    logits = new int[tables.length];
    weights = new int[sets * tables.length];
    Arrays.fill(weights, ONE * 3 / (2 * tables.length));
    uses = new int[sets];
  }

  /** Says what a context is for the next bit. */
  void context(int table, int value) {
    slots[table] = firstOfTable[table] + value;
  }

  /** Forgets what was learned in the contexts of a table. */
  void forget(int table) {
    int to = table + 1 < firstOfTable.length ? firstOfTable[table + 1] : states.length;
    Arrays.fill(states, firstOfTable[table], to, EVEN);
  }

  /** Codes a bit and learns from it. */
  int code(BinaryCoder coder, int bit, int set) throws IOException {
    int inputs = slots.length;
    int first = set * inputs;
    long sum = 0;
    for (int i = 0; i < inputs; i++) {
      int logit = Logistic.logit(states[slots[i]] >>> (Integer.SIZE - Logistic.BITS));
      logits[i] = logit;
      sum += (long) weights[first + i] * logit;
    }
    int one = Logistic.probability(sum >> 16);
    int coded = coder.code(bit, one);
    learn(coded, set, (coded << 16) - one);
    return coded;
  }

  private void learn(int bit, int set, int error) {
    int inputs = slots.length;
    int first = set * inputs;
    int rate = Math.max(LAST_RATE, FIRST_RATE - uses[set]++ / BITS_PER_RATE);
    int target = bit << PROBABILITY_BITS;
    for (int i = 0; i < inputs; i++) {
      weights[first + i] += (logits[i] * error * rate + (1 << 19)) >> 20;
      int state = states[slots[i]];
      int count = state & COUNT_MASK;
      int probability = state >>> COUNT_BITS;
      probability += (int) (((long) (target - probability) * RECIPROCALS[count]) >> 16);
      states[slots[i]] = (probability << COUNT_BITS) | Math.min(count + 1, LARGEST_COUNT);
    }
  }
}
