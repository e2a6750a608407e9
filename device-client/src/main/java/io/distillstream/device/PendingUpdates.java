package io.distillstream.device;

import io.distillstream.update.ArrivalCounts;
import io.distillstream.update.UpdateManifest;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The manifests seen above the installed version, and which of them were refused. Not thread-safe.
 *
 * <p>All of them are kept until a version is installed: an update brings the records of every
 * version it skips, and their arrivals are told in its manifest alone. Several of one version are
 * kept side by side, since whoever can write manifests must not be able to keep a device from a
 * sound one by another of the same version.
 *
 * <p>Both are bounded. What was refused goes first; one of those that is seen again is tried again.
 */
final class PendingUpdates {

  static final int MOST_VERSIONS = 1_000;
  static final int MOST_OF_A_VERSION = 4;

  private final TreeMap<Long, Offers> byVersion = new TreeMap<>();
  private long installedVersion;

  PendingUpdates(long installedVersion) {
    this.installedVersion = installedVersion;
  }

  /** Takes note of a manifest; one that is not above the installed version is ignored. */
  boolean see(UpdateManifest update) {
    if (update.version() <= installedVersion) {
      return false;
    }
    byVersion.computeIfAbsent(update.version(), version -> new Offers()).see(update);
    if (byVersion.size() > MOST_VERSIONS) {
      byVersion.remove(leastWanted());
    }
    return true;
  }

  /** The newest version that was not refused; of several manifests of it, the one seen last. */
  Optional<UpdateManifest> next() {
    for (Offers offers : byVersion.descendingMap().values()) {
      UpdateManifest newest = last(offers.open);
      if (newest != null) {
        return Optional.of(newest);
      }
    }
    return Optional.empty();
  }

  /**
   * The update will not be tried again. One of the same artifact that says something else of it
   * will be: whoever can write manifests must not be able to keep a device from a sound one.
   */
  void refuse(UpdateManifest update) {
    Offers offers = byVersion.get(update.version());
    if (offers != null) {
      offers.refuse(update);
    }
  }

  /**
   * Arrivals of the records that installing this version brings to the device. Each version that it
   * skips counts once, however many manifests of it were seen.
   */
  ArrivalCounts arrivalsUpTo(UpdateManifest update) {
    ArrivalCounts sum = update.arrivals();
    for (Offers skipped : byVersion.headMap(update.version(), false).values()) {
      UpdateManifest one = skipped.mostCredible();
      sum = one == null ? sum : sum.plus(one.arrivals());
    }
    return sum;
  }

  /** The version now answers; it and everything below is done with. */
  void installed(UpdateManifest update) {
    installedVersion = update.version();
    byVersion.headMap(installedVersion, true).clear();
  }

  /** The lowest version of which all was refused; where there is none, the lowest. */
  private long leastWanted() {
    return byVersion.entrySet().stream()
        .filter(entry -> entry.getValue().open.isEmpty())
        .map(entry -> entry.getKey())
        .findFirst()
        .orElseGet(byVersion::firstKey);
  }

  private static @Nullable UpdateManifest last(Set<UpdateManifest> updates) {
    UpdateManifest last = null;
    for (UpdateManifest update : updates) {
      last = update;
    }
    return last;
  }

  /** The manifests of one version, in the order in which they were seen. */
  private static final class Offers {
    private final Set<UpdateManifest> open = new LinkedHashSet<>();
    private final Set<UpdateManifest> refused = new LinkedHashSet<>();

    void see(UpdateManifest update) {
      if (refused.contains(update) || !open.add(update)) {
        return;
      }
      if (open.size() + refused.size() > MOST_OF_A_VERSION) {
        Set<UpdateManifest> shrinking = refused.isEmpty() ? open : refused;
        shrinking.remove(shrinking.iterator().next());
      }
    }

    void refuse(UpdateManifest update) {
      open.remove(update);
      refused.add(update);
    }

    @Nullable UpdateManifest mostCredible() {
      return open.isEmpty() ? last(refused) : last(open);
    }
  }
}
