package io.distillstream.benchmarks.scenario.order;

import io.distillstream.trainer.examples.Example;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Records in the order in which they come.
 *
 * @param name of the scenario
 * @param records each once
 * @param meaning what labels mean in the end
 * @param change where their meaning changes; empty where it never does
 * @param half labels that come on every second day; empty where there are no days
 * @param dayLength in records; 0 where there are no days
 */
public record TrafficStream(
    String name,
    List<Example> records,
    Meaning meaning,
    Optional<Change> change,
    Set<Integer> half,
    int dayLength) {

  /** Requests a second, from which the times come at which records were received. */
  public static final int RATE = 100;

  /**
   * A stretch over which a new meaning becomes the rule.
   *
   * @param from records before it
   * @param to records before the first that certainly has the new meaning
   */
  public record Change(int from, int to) {
    public Change {
      if (from < 0 || to < from) {
        throw new IllegalArgumentException("impossible change: %d to %d".formatted(from, to));
      }
    }

    /** Probability that the record at {@code position} has the new meaning. */
    public double share(int position) {
      if (position < from) {
        return 0;
      }
      return position >= to ? 1 : (position - from + 1.0) / (to - from + 1);
    }

    /** From where on most records have the new meaning. */
    public int middle() {
      return (from + to) / 2;
    }
  }

  /** A stream whose labels mean the same throughout, without days. */
  public TrafficStream(String name, List<Example> records, int classes) {
    this(name, records, Meaning.same(classes), Optional.empty(), Set.of(), 0);
  }

  public TrafficStream {
    records = received(records);
    half = Set.copyOf(half);
  }

  /** The same records, with these days. */
  public TrafficStream withDays(Set<Integer> labels, int length) {
    return new TrafficStream(name, records, meaning, change, labels, length);
  }

  /** What labels mean to most requests after {@code position} records. */
  public Meaning at(int position) {
    return change.isPresent() && position < change.get().middle()
        ? Meaning.same(meaning.renamed().size())
        : meaning;
  }

  /** The records, received one after the other at {@link #RATE}. */
  static List<Example> received(List<Example> records) {
    return IntStream.range(0, records.size()).mapToObj(i -> received(records.get(i), i)).toList();
  }

  private static Example received(Example record, int position) {
    return new Example(
        record.requestId(),
        record.tokens(),
        record.target(),
        record.embedding(),
        record.truth(),
        Instant.EPOCH.plusMillis(1_000L * position / RATE),
        record.teacherVersions());
  }
}
