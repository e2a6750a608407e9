package io.distillstream.wire.entropy;

import java.util.Arrays;

/**
 * Predicts bits from several contexts at once, and learns from each. Every context has a
 * probability of its own in a hashed table, whose rate of learning falls as 1/n to a floor; their
 * logits are weighed and added up, and the weights follow the gradient of the coding length [1].
 * All arithmetic but that of two tables is on integers, so that every machine predicts the same.
 *
 * <p>[1] M. V. Mahoney: Adaptive weighing of context models for lossless data compression. Florida
 * Tech, CS-2005-16, 2005.
 */
public final class MixedBits {

  private static final int COUNT_BITS = 10;
  private static final int COUNT = (1 << COUNT_BITS) - 1;
  private static final int UNKNOWN = 1 << 31;
  private static final int ONE = 1 << 16;
  private static final int NODE_HASH = 0x9e37_79b1;
  private static final int SPREAD = 0x2c1b_3c6d;
  private static final int WEIGHT_BITS = 16;
  private static final int RATE_BITS = 20;
  private static final int RATIO_BITS = 16;
  private static final int TWENTY_TWO_ONES = (1 << 22) - 1;

  /** Of the weights. */
  private static final int RATE = 14;

  /** From this many bits of a context on, its rate of learning falls no further. */
  private static final int MOST_COUNT = 100;

  private static final int[] RATES = new int[MOST_COUNT + 1];

  static {
    for (int count = 0; count <= MOST_COUNT; count++) {
      RATES[count] = (2 << RATIO_BITS) / (2 * count + 3);
    }
  }

  private final int[] slots;
  private final int shift;
  private final int[] weights;
  private final int inputs;
  private final int[] at;
  private final int[] logits;

  /**
   * @param inputs contexts of each bit
   * @param sets of weights
   * @param slotBits logarithm of the number of probabilities
   */
  public MixedBits(int inputs, int sets, int slotBits) {
    this(new int[1 << slotBits], new int[sets * inputs], inputs);
    Arrays.fill(slots, UNKNOWN);
    Arrays.fill(weights, ONE * 2 / (inputs + 2));
  }

  private MixedBits(int[] slots, int[] weights, int inputs) {
    this.slots = slots;
    this.shift = Integer.numberOfLeadingZeros(slots.length) + 1;
    this.weights = weights;
    this.inputs = inputs;
    this.at = new int[inputs];
    this.logits = new int[inputs];
  }

  /** One that goes on by itself. */
  public MixedBits copy() {
    return new MixedBits(slots.clone(), weights.clone(), inputs);
  }

  /**
   * Writes or reads a bit.
   *
   * @param contexts hashes of what it may depend on
   * @param node which bit of a symbol it is
   * @param set of weights
   */
  public int code(SymbolCoder coder, int bit, int[] contexts, int node, int set) {
    int first = set * inputs;
    long sum = 0;
    for (int i = 0; i < inputs; i++) {
      int hash = (contexts[i] + (i + 1) * SPREAD) ^ (node * NODE_HASH);
      hash = (hash ^ (hash >>> 15)) * SPREAD;
      at[i] = ((hash ^ (hash >>> 13)) * NODE_HASH) >>> shift;
      logits[i] = Logistic.logit(slots[at[i]] >>> 20);
      sum += (long) logits[i] * weights[first + i];
    }
    int probability = Logistic.probability((int) (sum >> WEIGHT_BITS));
    int coded = coder.bit(bit, probability);
    learn(coded, probability, first);
    return coded;
  }

  private void learn(int bit, int probability, int first) {
    int error = ((bit << 16) - probability) * RATE;
    for (int i = 0; i < inputs; i++) {
      weights[first + i] += (int) (((long) logits[i] * error + (1 << 19)) >> RATE_BITS);
      int slot = slots[at[i]];
      int count = slot & COUNT;
      int before = slot >>> COUNT_BITS;
      int target = bit == 1 ? TWENTY_TWO_ONES : 0;
      int after = before + (int) (((long) (target - before) * RATES[count]) >> RATIO_BITS);
      slots[at[i]] = (after << COUNT_BITS) | Math.min(count + 1, MOST_COUNT);
    }
  }

  /**
   * Writes or reads a symbol, its highest bit first; the node of each is what is known of the
   * symbol, after a leading 1.
   *
   * @param symbol from 0, below 2^{@code length}
   * @param contexts hashes of what it may depend on
   * @param set of weights
   */
  public int symbol(SymbolCoder coder, int symbol, int length, int[] contexts, int set) {
    int node = 1;
    for (int bit = length - 1; bit >= 0; bit--) {
      node = (node << 1) | code(coder, (symbol >> bit) & 1, contexts, node, set);
    }
    return node - (1 << length);
  }

  /**
   * Writes or reads a number, its length in bits first.
   *
   * @param number from 0, below 2^20
   * @param contexts hashes of what it may depend on
   */
  public int number(SymbolCoder coder, int number, int[] contexts, int set) {
    int length = 0;
    while (code(coder, (number >>> length) == 0 ? 0 : 1, contexts, length, set) == 1) {
      length++;
      if (length == 20) {
        break;
      }
    }
    int read = length == 0 ? 0 : 1;
    for (int i = length - 2; i >= 0; i--) {
      int known = length - 2 - i < 6 ? read : 64 + i;
      read = (read << 1) | code(coder, (number >>> i) & 1, contexts, length * 256 + known, set);
    }
    return read;
  }
}
