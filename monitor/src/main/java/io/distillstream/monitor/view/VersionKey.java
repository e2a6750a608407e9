package io.distillstream.monitor.view;

/** Updates in the order of their versions; channels may share one. */
record VersionKey(long version, String channel) implements Comparable<VersionKey> {

  @Override
  public int compareTo(VersionKey other) {
    int byVersion = Long.compare(version, other.version);
    return byVersion != 0 ? byVersion : channel.compareTo(other.channel);
  }
}
