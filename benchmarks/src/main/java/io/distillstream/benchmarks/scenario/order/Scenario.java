package io.distillstream.benchmarks.scenario.order;

import io.distillstream.benchmarks.scenario.order.TrafficStream.Change;
import io.distillstream.trainer.examples.Example;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** How traffic comes. */
public enum Scenario {
  RANDOM("random order"),
  ORDERED("ordered by label"),
  BURSTS_50("bursts, mean run 50"),
  BURSTS_500("bursts, mean run 500"),
  HALVES("halves of the labels alternate by day"),
  LATE("a third of the labels from the middle on"),
  ABRUPT("abrupt change of meaning"),
  GRADUAL("gradual change of meaning");

  private final String words;

  Scenario(String words) {
    this.words = words;
  }

  /** In a few words. */
  public String words() {
    return words;
  }

  /**
   * The same records and seed give the same stream, and all scenarios consist of the same records.
   *
   * @param classes number of labels
   * @param dayLength records of a day, where there are days
   */
  public TrafficStream stream(List<Example> records, int classes, int dayLength, long seed) {
    Random random = new Random(seed);
    Set<Integer> half = this == HALVES ? Orders.half(records) : Set.of();
    List<Example> ordered =
        switch (this) {
          case RANDOM, ABRUPT, GRADUAL -> Orders.random(records, random);
          case ORDERED -> Orders.byLabel(records, random);
          case BURSTS_50 -> Orders.bursts(records, 50, random);
          case BURSTS_500 -> Orders.bursts(records, 500, random);
          case HALVES -> Orders.alternating(records, half, dayLength, random);
          case LATE -> Orders.appearing(records, Orders.third(records), random);
        };
    Optional<Change> change = change(records.size());
    Meaning meaning =
        change.isPresent() ? Meaning.permuted(classes, random) : Meaning.same(classes);
    return new TrafficStream(
        words,
        change.isPresent() ? changed(ordered, change.get(), meaning, random) : ordered,
        meaning,
        change,
        half,
        this == HALVES ? dayLength : 0);
  }

  private Optional<Change> change(int count) {
    return switch (this) {
      case ABRUPT -> Optional.of(new Change(count / 2, count / 2));
      case GRADUAL -> Optional.of(new Change(count / 4, count / 2));
      case RANDOM, ORDERED, BURSTS_50, BURSTS_500, HALVES, LATE -> Optional.empty();
    };
  }

  private static List<Example> changed(
      List<Example> ordered, Change change, Meaning meaning, Random random) {
    List<Example> changed = new ArrayList<>(ordered.size());
    for (int i = 0; i < ordered.size(); i++) {
      boolean isNew = random.nextDouble() < change.share(i);
      changed.add(isNew ? meaning.of(ordered.get(i)) : ordered.get(i));
    }
    return changed;
  }
}
