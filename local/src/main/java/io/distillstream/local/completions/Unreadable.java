package io.distillstream.local.completions;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Records that are none that this release reads: how many, and of the first, what is wrong. */
final class Unreadable {

  private long count;
  private @Nullable String first;

  void add(String topic, int partition, long offset, Exception why) {
    if (first == null) {
      first = "%s-%d, offset %d: %s".formatted(topic, partition, offset, why.getMessage());
    }
    count++;
  }

  /** Empty where there are none. */
  Optional<String> warning() {
    return first == null
        ? Optional.empty()
        : Optional.of("warning: %d records could not be read; %s".formatted(count, first));
  }
}
