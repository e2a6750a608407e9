package io.distillstream.device;

import io.distillstream.delta.InvalidDeltaException;
import io.distillstream.delta.ModelDelta;
import io.distillstream.device.folder.InstalledModel;
import io.distillstream.device.folder.ModelFolder;
import io.distillstream.device.transport.DamagedArtifactException;
import io.distillstream.device.transport.UpdateSource;
import io.distillstream.foundation.PlatformLog;
import io.distillstream.foundation.Sha256;
import io.distillstream.update.ArtifactRef;
import io.distillstream.update.DeltaRef;
import io.distillstream.update.UpdateManifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Brings the artifact of an update into its file, whole and with the right digest, or not at all:
 * made of the installed one by deltas, where these are fewer bytes, or fetched. Deltas that were
 * fetched stay in the folder until then, so that a device that is killed meanwhile does not fetch
 * them again.
 */
final class ArtifactDownload {
  private static final PlatformLog log = PlatformLog.of(ArtifactDownload.class);

  /** So often in a row deltas may fail to come before the artifact is fetched instead. */
  private static final int MOST_ATTEMPTS = 3;

  private final ModelFolder folder;

  /** Digest of the artifact for which deltas failed last, and how often. */
  private String failed = "";

  private int attempts;

  ArtifactDownload(ModelFolder folder) {
    this.folder = folder;
  }

  /**
   * Makes or fetches the artifact.
   *
   * @return bytes that were fetched
   * @throws IOException if it cannot be had at the moment, or the folder not be written
   * @throws DamagedArtifactException if it can never be had
   */
  long bring(UpdateManifest update, Path target, UpdateSource source)
      throws IOException, DamagedArtifactException {
    Path partial = target.resolveSibling(target.getFileName() + ".part");
    try {
      long fetched = bringPartial(update, partial, source);
      Files.move(
          partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      folder.removeDeltas(Set.of());
      return fetched;
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  private long bringPartial(UpdateManifest update, Path partial, UpdateSource source)
      throws IOException, DamagedArtifactException {
    ArtifactRef artifact = update.artifact();
    List<InstalledModel> kept = folder.kept();
    for (InstalledModel model : kept) {
      if (model.sha256().equals(artifact.sha256())) {
        Files.copy(folder.artifact(model), partial, StandardCopyOption.REPLACE_EXISTING);
        check(artifact, partial);
        return 0;
      }
    }
    Optional<InstalledModel> installed = kept.stream().findFirst();
    List<DeltaRef> route =
        installed.isPresent() && !gaveUp(artifact)
            ? DeltaRoute.of(update, installed.get().sha256())
            : List.of();
    if (!route.isEmpty()) {
      try {
        long fetched = fetch(route, source);
        apply(route, folder.artifact(installed.get()), partial);
        check(artifact, partial);
        return fetched;
      } catch (DamagedArtifactException | InvalidDeltaException e) {
        log.warn(
            "Version {} cannot be made by deltas, so it is fetched whole: {}",
            update.version(),
            e.getMessage());
        failed(artifact, MOST_ATTEMPTS);
      } catch (IOException e) {
        failed(artifact, 1);
        throw e;
      }
    }
    source.fetch(artifact, partial);
    check(artifact, partial);
    return artifact.sizeBytes();
  }

  private boolean gaveUp(ArtifactRef artifact) {
    return failed.equals(artifact.sha256()) && attempts >= MOST_ATTEMPTS;
  }

  private void failed(ArtifactRef artifact, int times) {
    attempts = (failed.equals(artifact.sha256()) ? attempts : 0) + times;
    failed = artifact.sha256();
  }

  /** Brings the deltas into the folder that are not there yet; answers how many bytes these are. */
  private long fetch(List<DeltaRef> route, UpdateSource source)
      throws IOException, DamagedArtifactException {
    Set<Path> wanted = new HashSet<>();
    route.forEach(delta -> wanted.add(folder.delta(delta.file().sha256())));
    folder.removeDeltas(wanted);
    long fetched = 0;
    for (DeltaRef delta : route) {
      Path file = folder.delta(delta.file().sha256());
      if (!Files.exists(file)) {
        Path partial = file.resolveSibling(file.getFileName() + ".part");
        source.fetch(delta.file(), partial);
        check(delta.file(), partial);
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
        fetched += delta.file().sizeBytes();
      }
    }
    return fetched;
  }

  /** A delta that a crash damaged is refused by its own digests, and the artifact is fetched. */
  private void apply(List<DeltaRef> route, Path installed, Path target) throws IOException {
    Path from = installed;
    for (int i = 0; i < route.size(); i++) {
      Path made = i + 1 == route.size() ? target : folder.step(i);
      DeltaRef delta = route.get(i);
      ModelDelta.apply(from, folder.delta(delta.file().sha256()), made, delta.toSizeBytes());
      if (!from.equals(installed)) {
        Files.delete(from);
      }
      from = made;
    }
  }

  private static void check(ArtifactRef expected, Path file)
      throws IOException, DamagedArtifactException {
    long size = Files.size(file);
    if (size != expected.sizeBytes()) {
      throw new DamagedArtifactException(
          "it has " + size + " bytes, the manifest says " + expected.sizeBytes());
    }
    String digest;
    try (InputStream in = Files.newInputStream(file)) {
      digest = Sha256.hex(in);
    }
    if (!digest.equals(expected.sha256())) {
      throw new DamagedArtifactException(
          "its SHA-256 is " + digest + ", the manifest says " + expected.sha256());
    }
  }
}
