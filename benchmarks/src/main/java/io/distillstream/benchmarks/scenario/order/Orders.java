package io.distillstream.benchmarks.scenario.order;

import static java.util.Objects.requireNonNull;

import io.distillstream.trainer.examples.Example;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Orders of the same records: each is there exactly once in the result. The label of a record is
 * its truth, as in a file that people have sorted.
 */
public final class Orders {
  private Orders() {}

  public static List<Example> random(List<Example> records, Random random) {
    List<Example> shuffled = new ArrayList<>(records);
    Collections.shuffle(shuffled, random);
    return shuffled;
  }

  /** One label after the other; labels and the records of each in random order. */
  public static List<Example> byLabel(List<Example> records, Random random) {
    List<List<Example>> groups = new ArrayList<>(groups(random(records, random)).values());
    Collections.shuffle(groups, random);
    return groups.stream().flatMap(List::stream).toList();
  }

  /**
   * Runs of one label whose lengths are geometrically distributed: a Markov chain that stays with
   * probability {@code 1 - 1/meanRun} and otherwise moves to another label, the more probably the
   * more records of it are left. A run ends early where its label has no more records.
   *
   * @param meanRun in records, at least 1
   */
  public static List<Example> bursts(List<Example> records, int meanRun, Random random) {
    Map<Integer, Deque<Example>> left = new TreeMap<>();
    groups(random(records, random)).forEach((label, all) -> left.put(label, new ArrayDeque<>(all)));
    List<Example> ordered = new ArrayList<>(records.size());
    int label = -1;
    while (ordered.size() < records.size()) {
      if (!left.containsKey(label) || random.nextDouble() < 1.0 / meanRun) {
        label = other(label, left, random);
      }
      Deque<Example> own = requireNonNull(left.get(label));
      ordered.add(own.removeFirst());
      if (own.isEmpty()) {
        left.remove(label);
      }
    }
    return ordered;
  }

  /** Another label than {@code label} if there is one, in proportion to what is left of each. */
  private static int other(int label, Map<Integer, Deque<Example>> left, Random random) {
    int total = 0;
    for (Map.Entry<Integer, Deque<Example>> entry : left.entrySet()) {
      total += entry.getKey() == label ? 0 : entry.getValue().size();
    }
    if (total == 0) {
      return label;
    }
    int drawn = random.nextInt(total);
    for (Map.Entry<Integer, Deque<Example>> entry : left.entrySet()) {
      drawn -= entry.getKey() == label ? 0 : entry.getValue().size();
      if (drawn < 0) {
        return entry.getKey();
      }
    }
    throw new AssertionError("drew beyond " + total);
  }

  /**
   * Days on which only records of {@code day} labels come alternate with days of the others, the
   * former first. Where one kind runs out, the other fills the rest.
   *
   * @param dayLength in records
   */
  public static List<Example> alternating(
      List<Example> records, Set<Integer> day, int dayLength, Random random) {
    Map<Boolean, Deque<Example>> left =
        random(records, random).stream()
            .collect(
                Collectors.partitioningBy(
                    record -> day.contains(record.truth()),
                    Collectors.toCollection(ArrayDeque::new)));
    List<Example> ordered = new ArrayList<>(records.size());
    boolean now = true;
    while (ordered.size() < records.size()) {
      Deque<Example> own = requireNonNull(left.get(now));
      for (int i = 0; i < dayLength && !own.isEmpty(); i++) {
        ordered.add(own.removeFirst());
      }
      now = !now;
    }
    return ordered;
  }

  /** Random order, but {@code late} labels come in the second half alone. */
  public static List<Example> appearing(List<Example> records, Set<Integer> late, Random random) {
    Map<Boolean, List<Example>> parts =
        random(records, random).stream()
            .collect(Collectors.partitioningBy(record -> late.contains(record.truth())));
    List<Example> early = requireNonNull(parts.get(false));
    int first = Math.min(records.size() / 2, early.size());
    List<Example> second = new ArrayList<>(early.subList(first, early.size()));
    second.addAll(requireNonNull(parts.get(true)));
    Collections.shuffle(second, random);
    List<Example> ordered = new ArrayList<>(early.subList(0, first));
    ordered.addAll(second);
    return ordered;
  }

  /**
   * Half of the labels, such that about half of the records have them: from the most frequent label
   * on, each goes where fewer records are.
   */
  public static Set<Integer> half(List<Example> records) {
    Set<Integer> half = new TreeSet<>();
    int inside = 0;
    int outside = 0;
    for (List<Example> group : largestFirst(records)) {
      if (inside <= outside) {
        half.add(group.get(0).truth());
        inside += group.size();
      } else {
        outside += group.size();
      }
    }
    return half;
  }

  /** A third of the labels, frequent and rare ones alike: every third by frequency. */
  public static Set<Integer> third(List<Example> records) {
    List<List<Example>> groups = largestFirst(records);
    Set<Integer> third = new TreeSet<>();
    for (int i = 1; i < groups.size(); i += 3) {
      third.add(groups.get(i).get(0).truth());
    }
    return third;
  }

  /** Mean number of records in a row that have the same label. */
  public static double meanRun(List<Example> ordered) {
    int runs = 0;
    int before = -1;
    for (Example record : ordered) {
      runs += record.truth() == before ? 0 : 1;
      before = record.truth();
    }
    return (double) ordered.size() / runs;
  }

  private static List<List<Example>> largestFirst(List<Example> records) {
    return groups(records).values().stream()
        .sorted(
            Comparator.<List<Example>>comparingInt(List::size)
                .reversed()
                .thenComparing(group -> group.get(0).truth()))
        .toList();
  }

  private static Map<Integer, List<Example>> groups(List<Example> records) {
    return records.stream()
        .collect(Collectors.groupingBy(Example::truth, TreeMap::new, Collectors.toList()));
  }
}
