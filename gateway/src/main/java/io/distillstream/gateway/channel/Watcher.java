package io.distillstream.gateway.channel;

/** Waits for what a channel publishes next. */
public interface Watcher {

  /** The channel has a new newest update. Must not block. */
  void published(Publication publication);
}
