package io.distillstream.chaos.process;

import java.util.Locale;

/** What runs in a process of its own, in the order in which they are started. */
public enum Stage {
  /** Broker and schema registry. */
  CLUSTER(512),
  MONITOR(192),
  QUANTIZER(448),
  TRAINER(768),
  JOINER(256),
  TEACHER(512),
  DEVICE(192);

  private final int heapMib;

  Stage(int heapMib) {
    this.heapMib = heapMib;
  }

  /** As the command line names it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The size of its heap where that is fixed: reserved and touched when it starts. */
  public int heapMib() {
    return heapMib;
  }
}
