package io.distillstream.device;

import io.distillstream.avro.EventTimes;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.wire.payload.EventTimeHistogram;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The manifests seen above the installed version, and which of their artifacts were refused. Not
 * thread-safe.
 *
 * <p>All of them are kept until a version is installed: an update brings the records of every
 * version it skips, and their event times are told in its manifest alone.
 */
final class PendingUpdates {

  private final TreeMap<Long, ModelUpdate> byVersion = new TreeMap<>();
  private final Set<String> refusedDigests = new HashSet<>();
  private long installedVersion;

  PendingUpdates(long installedVersion) {
    this.installedVersion = installedVersion;
  }

  /** Takes note of a manifest; one that is not above the installed version is ignored. */
  boolean see(ModelUpdate update) {
    if (update.getVersion() <= installedVersion) {
      return false;
    }
    byVersion.put(update.getVersion(), update);
    return true;
  }

  /** The newest version whose artifact was not refused. */
  Optional<ModelUpdate> next() {
    return byVersion.descendingMap().values().stream()
        .filter(update -> !refusedDigests.contains(update.getArtifact().getSha256()))
        .findFirst();
  }

  /** The artifact will not be tried again, unless it is published anew with other bytes. */
  void refuse(ModelUpdate update) {
    refusedDigests.add(update.getArtifact().getSha256());
  }

  /** Event times of the records that installing this version brings to the device. */
  EventTimes eventTimesUpTo(ModelUpdate update) {
    EventTimeHistogram sum = new EventTimeHistogram();
    for (ModelUpdate skipped : byVersion.headMap(update.getVersion(), true).values()) {
      sum.merge(skipped.getEventTimes());
    }
    return sum.toAvro();
  }

  /** The version now answers; it and everything below is done with. */
  void installed(ModelUpdate update) {
    installedVersion = update.getVersion();
    byVersion.headMap(installedVersion, true).clear();
  }
}
