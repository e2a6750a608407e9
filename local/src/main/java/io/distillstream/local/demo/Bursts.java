package io.distillstream.local.demo;

import io.distillstream.local.wordnet.Gloss;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Puts glosses into an order in which some come as a burst: a run of one label, as an outage or a
 * campaign makes of live traffic. The others stay in their order, and each occurs once.
 */
final class Bursts {
  /** Glosses of one label in a row, fewer where the label runs out. */
  static final int LENGTH = 100;

  /** Glosses from the beginning of a burst to that of the next one: a tenth comes in bursts. */
  static final int PERIOD = 10 * LENGTH;

  private Bursts() {}

  /**
   * Such an order.
   *
   * @param seed of the labels of bursts
   */
  static List<Gloss> in(List<Gloss> glosses, long seed) {
    Random random = new Random(seed);
    List<String> labels = glosses.stream().map(Gloss::label).distinct().sorted().toList();
    List<Gloss> left = new ArrayList<>(glosses);
    List<Gloss> ordered = new ArrayList<>(glosses.size());
    while (!left.isEmpty()) {
      List<Gloss> mixed = left.subList(0, Math.min(PERIOD - LENGTH, left.size()));
      ordered.addAll(mixed);
      mixed.clear();
      String label = labels.get(random.nextInt(labels.size()));
      List<Gloss> burst =
          left.stream().filter(gloss -> gloss.label().equals(label)).limit(LENGTH).toList();
      ordered.addAll(burst);
      left = without(left, burst);
    }
    return ordered;
  }

  /** In order; of equal glosses it does not matter which one goes. */
  private static List<Gloss> without(List<Gloss> glosses, List<Gloss> gone) {
    List<Gloss> kept = new ArrayList<>(glosses.size());
    int next = 0;
    for (Gloss gloss : glosses) {
      if (next < gone.size() && gone.get(next).equals(gloss)) {
        next++;
      } else {
        kept.add(gloss);
      }
    }
    return kept;
  }
}
