package io.distillstream.device;

import io.distillstream.device.transport.ArrivalCounts;
import io.distillstream.device.transport.UpdateManifest;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The manifests seen above the installed version, and which of them were refused. Not thread-safe.
 *
 * <p>All of them are kept until a version is installed: an update brings the records of every
 * version it skips, and their arrivals are told in its manifest alone.
 */
final class PendingUpdates {

  private final TreeMap<Long, UpdateManifest> byVersion = new TreeMap<>();
  private final Set<UpdateManifest> refused = new HashSet<>();
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

  /** The newest version that was not refused. */
  Optional<UpdateManifest> next() {
    return byVersion.descendingMap().values().stream()
        .filter(update -> !refused.contains(update))
        .findFirst();
  }

  /**
   * The update will not be tried again. One of the same artifact that says something else of it
   * will be: whoever can write manifests must not be able to keep a device from a sound one.
   */
  void refuse(UpdateManifest update) {
    refused.add(update);
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
    refused.removeIf(one -> one.version() <= installedVersion);
  }
}
