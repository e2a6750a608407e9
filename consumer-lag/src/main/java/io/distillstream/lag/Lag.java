package io.distillstream.lag;

import java.util.Collection;
import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far a reader is behind on a partition, or on several together.
 *
 * @param records data records that it has still to read, those of open transactions left out
 * @param seconds age of the next of them by its own timestamp, of several partitions the greatest
 *     age; 0 where there is none, or where its timestamp lies in the future; null where it is not
 *     known yet
 * @param exact whether {@code records} was counted; otherwise it is an upper bound, taken from
 *     offsets
 * @param lost records that were deleted before they were read; where the deleted stretch was never
 *     counted, all its offsets
 */
public record Lag(long records, @Nullable Double seconds, boolean exact, long lost) {

  /** Of all of them together. */
  static Lag sum(Collection<Lag> parts) {
    return new Lag(
        parts.stream().mapToLong(Lag::records).sum(),
        parts.isEmpty()
            ? Double.valueOf(0)
            : parts.stream()
                .map(Lag::seconds)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse(null),
        parts.stream().allMatch(Lag::exact),
        parts.stream().mapToLong(Lag::lost).sum());
  }
}
