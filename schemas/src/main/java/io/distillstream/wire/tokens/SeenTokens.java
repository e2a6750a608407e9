package io.distillstream.wire.tokens;

import io.distillstream.wire.entropy.Frequencies;
import io.distillstream.wire.entropy.SymbolCoder;
import java.util.Arrays;

/**
 * How often tokens were mentioned, the more lately the more, each class by itself. A token is
 * mentioned once at a position, so what was mentioned there is impossible until it ends.
 */
final class SeenTokens {

  private static final int MOST_TOTAL = 1 << 16;
  private static final int FRACTION_BITS = 8;
  private static final int LEAST_INCREMENT = 8 << FRACTION_BITS;
  private static final int MOST_INCREMENT = 128 << FRACTION_BITS;
  private static final int FEWEST = 64;
  private static final int TOKENS_A_UNIT_BITS = 6;

  /** By how much of 256 a mention counts more at each position than at the one before. */
  private static final int GROWTH = 8;

  private final Frequencies[] classes;
  private final int[][] members;
  private byte[] kinds;
  private int[] slots;
  private int[] weights;
  private int size;
  private int increment;

  SeenTokens() {
    classes = new Frequencies[TokenClass.COUNT];
    members = new int[TokenClass.COUNT][FEWEST];
    for (int kind = 0; kind < TokenClass.COUNT; kind++) {
      classes[kind] = new Frequencies();
    }
    kinds = new byte[FEWEST];
    slots = new int[FEWEST];
    weights = new int[FEWEST];
    increment = 32 << FRACTION_BITS;
  }

  private SeenTokens(SeenTokens other) {
    classes = Arrays.stream(other.classes).map(Frequencies::copy).toArray(Frequencies[]::new);
    members = Arrays.stream(other.members).map(int[]::clone).toArray(int[][]::new);
    kinds = other.kinds.clone();
    slots = other.slots.clone();
    weights = other.weights.clone();
    size = other.size;
    increment = other.increment;
  }

  SeenTokens copy() {
    return new SeenTokens(this);
  }

  int size() {
    return size;
  }

  int kind(int token) {
    return kinds[token];
  }

  /** Whether there is one of a class that is possible. */
  boolean possible(int kind) {
    return classes[kind].total() > 0;
  }

  /** Writes or reads which one of a class it is. */
  int code(SymbolCoder coder, int token, int kind) {
    int slot = coder.entry(token < 0 ? 0 : slots[token], classes[kind]);
    return members[kind][slot];
  }

  /** Takes up one that was not seen before; impossible until the position ends. */
  int add(int kind) {
    int token = size++;
    if (token == weights.length) {
      kinds = Arrays.copyOf(kinds, 2 * token);
      slots = Arrays.copyOf(slots, 2 * token);
      weights = Arrays.copyOf(weights, 2 * token);
    }
    int slot = classes[kind].size();
    if (slot == members[kind].length) {
      members[kind] = Arrays.copyOf(members[kind], 2 * slot);
    }
    classes[kind].append(0);
    members[kind][slot] = token;
    kinds[token] = (byte) kind;
    slots[token] = slot;
    return token;
  }

  /** Makes one impossible. */
  void exclude(int token) {
    frequency(token, 0);
  }

  /** Makes one that is possible more probable, by so many mentions. */
  void prefer(int token, int mentions) {
    frequency(token, frequency(token) + mentions * (increment >> FRACTION_BITS));
  }

  /** Whether it is one that is possible. */
  boolean possibleToken(int token) {
    return frequency(token) > 0;
  }

  /** Takes a preference back, and that it is impossible. */
  void restore(int token) {
    frequency(token, weights[token]);
  }

  /** Counts a mention. */
  void count(int token) {
    weights[token] += increment >> FRACTION_BITS;
    restore(token);
  }

  /** Ends a position. */
  void age(Budget budget) {
    increment += (increment * GROWTH) >> 8;
    while (increment > MOST_INCREMENT || tooMany()) {
      budget.spend(size >> TOKENS_A_UNIT_BITS);
      halve();
      increment = Math.max(LEAST_INCREMENT, increment >> 1);
    }
  }

  private void halve() {
    for (int kind = 0; kind < TokenClass.COUNT; kind++) {
      int[] tokens = members[kind];
      classes[kind].replace(
          slot -> {
            int token = tokens[slot];
            weights[token] = Math.max(1, weights[token] >> 1);
            return weights[token];
          });
    }
  }

  private boolean tooMany() {
    for (Frequencies frequencies : classes) {
      if (frequencies.total() > Math.max(MOST_TOTAL, 2 * frequencies.size())) {
        return true;
      }
    }
    return false;
  }

  private int frequency(int token) {
    return classes[kinds[token]].of(slots[token]);
  }

  private void frequency(int token, int frequency) {
    classes[kinds[token]].set(slots[token], frequency);
  }
}
