package io.distillstream.trainer.memory;

import java.util.List;
import java.util.function.Predicate;

/**
 * A memory at one moment. The arrays are shared, not copied; they are read only.
 *
 * @param offered examples offered so far, kept or not
 * @param entries in the memory's own order, which draws depend on
 */
public record MemoryState(long offered, List<Entry> entries) {

  /** Of a memory that was offered nothing. */
  public static final MemoryState NONE = new MemoryState(0, List.of());

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

  /** The same without the examples that are not wanted. */
  MemoryState only(Predicate<Remembered> wanted) {
    return new MemoryState(
        offered,
        entries.stream()
            .filter(entry -> wanted.test(RememberedCodec.decode(entry.bytes())))
            .toList());
  }

  /** The examples themselves, decoded. */
  public List<Remembered> examples() {
    return entries.stream().map(entry -> RememberedCodec.decode(entry.bytes())).toList();
  }

  /** Bytes of all examples. */
  public long bytes() {
    return entries.stream().mapToLong(entry -> entry.bytes().length).sum();
  }
}
