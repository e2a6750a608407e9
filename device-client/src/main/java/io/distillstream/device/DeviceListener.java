package io.distillstream.device;

/** Hears of updates. Called on the device's own thread, one call at a time; return quickly. */
public interface DeviceListener {

  /** A version began to answer. */
  default void installed(Installation installation) {}

  /** A version was refused. */
  default void rejected(Rejection rejection) {}

  /**
   * The device's thread ended by an error, such as a lack of memory. The device goes on answering
   * from the model that is installed, but follows updates and reports no longer until it is opened
   * anew.
   */
  default void stoppedFollowing(Throwable cause) {}
}
