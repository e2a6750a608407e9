package io.distillstream.wire.check;

/** Tells a record that can be worked with from one that only decodes. */
@FunctionalInterface
public interface RecordCheck<T> {
  /**
   * Checks every number, name and time that a reader relies on.
   *
   * @throws IllegalArgumentException if one is out of range; it names the field, the value and what
   *     was expected
   */
  void check(T record);
}
