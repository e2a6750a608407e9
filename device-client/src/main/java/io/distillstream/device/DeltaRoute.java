package io.distillstream.device;

import io.distillstream.delta.DeltaCodec;
import io.distillstream.update.DeltaRef;
import io.distillstream.update.UpdateManifest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Which deltas lead from an artifact that a device has to that of an update. */
final class DeltaRoute {
  /** No step makes a file that is larger than the artifact by more than this factor. */
  private static final int MOST_GROWTH = 2;

  private DeltaRoute() {}

  /**
   * The deltas to apply, in their order.
   *
   * @param have SHA-256 of what the device has
   * @return empty where they do not lead there, are of a codec that this device does not know, or
   *     are not smaller together than the artifact
   */
  static List<DeltaRef> of(UpdateManifest update, String have) {
    Deque<DeltaRef> route = new ArrayDeque<>();
    String needed = update.artifact().sha256();
    long bytes = 0;
    List<DeltaRef> deltas = update.deltas();
    for (int i = deltas.size() - 1; i >= 0; i--) {
      DeltaRef delta = deltas.get(i);
      bytes += delta.file().sizeBytes();
      if (!delta.toSha256().equals(needed)
          || !DeltaCodec.of(delta.codec()).isPresent()
          || delta.toSizeBytes() / MOST_GROWTH > update.artifact().sizeBytes()
          || bytes >= update.artifact().sizeBytes()) {
        return List.of();
      }
      route.addFirst(delta);
      needed = delta.fromSha256();
      if (needed.equals(have)) {
        return List.copyOf(route);
      }
    }
    return List.of();
  }
}
