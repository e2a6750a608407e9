package io.distillstream.device;

/** Hears of updates. Called on the device's own thread, one call at a time; return quickly. */
public interface DeviceListener {

  /** A version began to answer. */
  default void installed(Installation installation) {}

  /** A version was refused. */
  default void rejected(Rejection rejection) {}
}
