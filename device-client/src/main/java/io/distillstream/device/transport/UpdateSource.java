package io.distillstream.device.transport;

import io.distillstream.update.ArtifactRef;
import io.distillstream.update.UpdateManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Where the updates of one model and channel come from, and the bytes of their artifacts.
 *
 * <p>It connects when it is first asked and, after a failure, when it is asked again: the device
 * waits a moment and goes on asking. What it delivers need not be trusted: the device checks every
 * artifact against its manifest. Used by one thread at a time.
 */
public interface UpdateSource extends AutoCloseable {

  /**
   * The manifests that are new since the last call. The first call, and the first after a failure,
   * gives all that are there at once, so that a device downloads the newest alone; one that it has
   * seen before does no harm.
   *
   * @param patience how long to wait where there is none
   * @throws IOException if updates cannot be had at the moment
   */
  List<UpdateManifest> poll(Duration patience) throws IOException;

  /**
   * Writes an artifact's bytes to a file, which the device then checks.
   *
   * @throws IOException if they cannot be had at the moment
   * @throws DamagedArtifactException if they can never be had; the device refuses the update then
   */
  void fetch(ArtifactRef artifact, Path target) throws IOException, DamagedArtifactException;

  @Override
  void close();
}
