package io.distillstream.device.http;

/** Follows one channel on a thread of its own, from {@link #run} until it is stopped. */
public interface ChannelListener extends Runnable {

  /** Ends it, also while it waits; may wait itself. */
  void stop();
}
