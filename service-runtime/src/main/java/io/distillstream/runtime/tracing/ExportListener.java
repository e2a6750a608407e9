package io.distillstream.runtime.tracing;

/** Hears what becomes of a stage's spans, on any thread. */
public interface ExportListener {

  /** Hears nothing. */
  ExportListener NONE = new ExportListener() {};

  /** So many were delivered to the collector. */
  default void exported(int spans) {}

  /** So many are lost: too many waited, or the collector did not take them. */
  default void dropped(int spans) {}
}
