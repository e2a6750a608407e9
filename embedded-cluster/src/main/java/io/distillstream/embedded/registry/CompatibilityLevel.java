package io.distillstream.embedded.registry;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Which schemas of a subject must be able to read which others' records. */
enum CompatibilityLevel {
  NONE(false, false, false),
  BACKWARD(true, false, false),
  BACKWARD_TRANSITIVE(true, false, true),
  FORWARD(false, true, false),
  FORWARD_TRANSITIVE(false, true, true),
  FULL(true, true, false),
  FULL_TRANSITIVE(true, true, true);

  /** What holds where nothing was set, as in Confluent's registry. */
  static final CompatibilityLevel DEFAULT = BACKWARD;

  private final boolean backward;
  private final boolean forward;
  private final boolean transitive;

  CompatibilityLevel(boolean backward, boolean forward, boolean transitive) {
    this.backward = backward;
    this.forward = forward;
    this.transitive = transitive;
  }

  /** The new schema must read what was written with the old one. */
  boolean backward() {
    return backward;
  }

  /** The old schema must read what is written with the new one. */
  boolean forward() {
    return forward;
  }

  /** All earlier versions count, not only the latest. */
  boolean transitive() {
    return transitive;
  }

  static Optional<CompatibilityLevel> of(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    return Arrays.stream(values()).filter(level -> level.name().equals(upper)).findFirst();
  }
}
