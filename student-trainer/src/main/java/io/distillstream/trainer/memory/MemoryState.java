package io.distillstream.trainer.memory;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * A memory at one moment. The arrays are shared, not copied; they are read only.
 *
 * @param offered examples offered so far, kept or not
 * @param labels number of examples of each label offered lately; empty where that is not known
 * @param entries in the memory's own order, which draws depend on
 */
@SuppressWarnings("ArrayRecordComponent")
public record MemoryState(long offered, long[] labels, List<Entry> entries) {

  /** Of a memory that was offered nothing. */
  public static final MemoryState NONE = new MemoryState(0, new long[0], List.of());

  /**
   * One example.
   *
   * @param sequence how many were offered before it
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Entry(long sequence, byte[] bytes) {}

  /**
   * @throws IllegalArgumentException for an entry that was never offered
   */
  public MemoryState {
    entries = List.copyOf(entries);
    for (Entry entry : entries) {
      if (entry.sequence() < 0 || entry.sequence() >= offered) {
        throw new IllegalArgumentException(
            "entry %d of %d that were offered".formatted(entry.sequence(), offered));
      }
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MemoryState that
        && offered == that.offered
        && Arrays.equals(labels, that.labels)
        && entries.equals(that.entries);
  }

  @Override
  public int hashCode() {
    return Objects.hash(offered, Arrays.hashCode(labels), entries);
  }

  /** The same without the examples that are not wanted. */
  MemoryState only(Predicate<Remembered> wanted) {
    return new MemoryState(
        offered,
        labels,
        entries.stream()
            .filter(entry -> wanted.test(RememberedCodec.decode(entry.bytes())))
            .toList());
  }

  /** The examples themselves, decoded. */
  public List<Remembered> examples() {
    return entries.stream().map(entry -> RememberedCodec.decode(entry.bytes())).toList();
  }

  /** Examples of a label offered lately, at least 1. */
  public long count(int label) {
    return label < labels.length ? Math.max(1, labels[label]) : 1;
  }

  /** Bytes of all examples. */
  public long bytes() {
    return entries.stream().mapToLong(entry -> entry.bytes().length).sum();
  }
}
