package io.distillstream.device;

import io.distillstream.device.transport.ArrivalCounts;
import io.distillstream.device.transport.UpdateManifest;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The manifests seen above the installed version, and which of their artifacts were refused. Not
 * thread-safe.
 *
 * <p>All of them are kept until a version is installed: an update brings the records of every
 * version it skips, and their arrivals are told in its manifest alone.
 */
final class PendingUpdates {

  private final TreeMap<Long, UpdateManifest> byVersion = new TreeMap<>();
  private final Set<String> refusedDigests = new HashSet<>();
  private long installedVersion;

  PendingUpdates(long installedVersion) {
    this.installedVersion = installedVersion;
  }

  /** Takes note of a manifest; one that is not above the installed version is ignored. */
  boolean see(UpdateManifest update) {
    if (update.version() <= installedVersion) {
      return false;
    }
    byVersion.put(update.version(), update);
    return true;
  }

  /** The newest version whose artifact was not refused. */
  Optional<UpdateManifest> next() {
    return byVersion.descendingMap().values().stream()
        .filter(update -> !refusedDigests.contains(update.artifact().sha256()))
        .findFirst();
  }

  /** The artifact will not be tried again, unless it is published anew with other bytes. */
  void refuse(UpdateManifest update) {
    refusedDigests.add(update.artifact().sha256());
  }

  /** Arrivals of the records that installing this version brings to the device. */
  ArrivalCounts arrivalsUpTo(UpdateManifest update) {
    ArrivalCounts sum = ArrivalCounts.NONE;
    for (UpdateManifest skipped : byVersion.headMap(update.version(), true).values()) {
      sum = sum.plus(skipped.arrivals());
    }
    return sum;
  }

  /** The version now answers; it and everything below is done with. */
  void installed(UpdateManifest update) {
    installedVersion = update.version();
    byVersion.headMap(installedVersion, true).clear();
  }
}
