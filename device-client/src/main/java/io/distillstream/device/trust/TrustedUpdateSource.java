package io.distillstream.device.trust;

import io.distillstream.device.transport.DamagedArtifactException;
import io.distillstream.device.transport.UpdateSource;
import io.distillstream.device.transport.VerifiableSource;
import io.distillstream.foundation.PlatformLog;
import io.distillstream.foundation.json.InvalidJsonException;
import io.distillstream.tuf.ChannelTargets;
import io.distillstream.tuf.MetadataSource;
import io.distillstream.tuf.TrustedMetadata;
import io.distillstream.tuf.TrustedStore;
import io.distillstream.tuf.TrustedTarget;
import io.distillstream.tuf.refusal.MissingMetadataException;
import io.distillstream.tuf.refusal.TufException;
import io.distillstream.update.ArtifactRef;
import io.distillstream.update.ManifestJson;
import io.distillstream.update.UpdateManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Gives the one manifest that a channel's metadata vouches for. What the transport offers is a sign
 * that there is something to look for and nothing more: what is returned is read from bytes that
 * were verified. Used by one thread at a time. Owns the transport.
 */
public final class TrustedUpdateSource implements UpdateSource {

  private static final PlatformLog log = PlatformLog.of(TrustedUpdateSource.class);

  /** Without news, so that an expiry or a new root is noticed. */
  private static final Duration QUIET = Duration.ofMinutes(10);

  /** The metadata of an update may come after it; for this long it is looked for at every poll. */
  private static final Duration NEWS = Duration.ofSeconds(30);

  private final VerifiableSource source;
  private final ChannelTargets channel;
  private final TrustedMetadata trusted;
  private final LongSupplier nanoTime;
  private MetadataSource metadata;
  private String delivered = "";
  private long newest;
  private long offered;
  private long lookUntil;
  private long nextLook;

  /**
   * @param source transferred
   * @param store of what was trusted before, in the device's folder
   * @throws IllegalArgumentException if the root cannot be used, or the names not be signed
   */
  private TrustedUpdateSource(
      VerifiableSource source,
      ChannelTargets channel,
      TrustedRoot root,
      TrustedStore store,
      LongSupplier nanoTime)
      throws IOException {
    this.source = source;
    this.channel = channel;
    this.nanoTime = nanoTime;
    this.metadata = (name, maxBytes) -> Optional.empty();
    this.nextLook = nanoTime.getAsLong();
    this.lookUntil = nextLook;
    try {
      this.trusted =
          TrustedMetadata.open(
              root.file(), store, (name, maxBytes) -> metadata.read(name, maxBytes), root.clock());
    } catch (TufException e) {
      throw new IllegalArgumentException(
          "The device's root cannot be trusted: " + e.getMessage(), e);
    }
  }

  /**
   * Wraps a transport.
   *
   * @param source transferred
   * @param folder of the device
   * @throws IllegalArgumentException if the transport carries no metadata, the root cannot be used,
   *     or model and channel have names that no role can have
   */
  public static TrustedUpdateSource open(
      UpdateSource source, String model, String channel, TrustedRoot root, Path folder)
      throws IOException {
    return open(source, model, channel, root, folder, System::nanoTime);
  }

  static TrustedUpdateSource open(
      UpdateSource source,
      String model,
      String channel,
      TrustedRoot root,
      Path folder,
      LongSupplier nanoTime)
      throws IOException {
    if (source instanceof VerifiableSource verifiable) {
      return new TrustedUpdateSource(
          verifiable,
          new ChannelTargets(model, channel),
          root,
          new TrustedStore(folder.resolve("trusted")),
          nanoTime);
    }
    throw new IllegalArgumentException(
        "This device has a trusted root, and its transport carries no metadata to verify");
  }

  @Override
  public List<UpdateManifest> poll(Duration patience) throws IOException {
    for (UpdateManifest hint : source.poll(patience)) {
      offered = Math.max(offered, hint.version());
      lookUntil = nanoTime.getAsLong() + NEWS.toNanos();
    }
    long now = nanoTime.getAsLong();
    boolean awaited = offered > newest && now - lookUntil < 0;
    if (!awaited && now - nextLook < 0) {
      return List.of();
    }
    // Where that fails the device keeps what it has, and goes on asking: the news may not come
    // again.
    nextLook = now;
    List<UpdateManifest> found = vouchedFor();
    nextLook = now + QUIET.toNanos();
    return found;
  }

  private List<UpdateManifest> vouchedFor() throws IOException {
    try {
      return look();
    } catch (MissingMetadataException e) {
      log.debug("Nothing is vouched for yet", e);
      return List.of();
    } catch (TufException e) {
      throw new IOException("the metadata is not trusted: " + e.getMessage(), e);
    }
  }

  @Override
  public void fetch(ArtifactRef artifact, Path target)
      throws IOException, DamagedArtifactException {
    source.fetch(artifact, target);
  }

  @Override
  public void close() {
    source.close();
  }

  private List<UpdateManifest> look() throws IOException, TufException {
    metadata = source.metadata();
    trusted.refresh();
    Optional<TrustedTarget> target = trusted.find(channel.manifest());
    if (!target.isPresent() || target.get().sha256().equals(delivered)) {
      return List.of();
    }
    Optional<byte[]> bytes = source.target(target.get());
    if (!bytes.isPresent()) {
      return List.of();
    }
    byte[] json = target.get().check(bytes.get());
    delivered = target.get().sha256();
    try {
      UpdateManifest manifest = ManifestJson.read(json);
      newest = manifest.version();
      if (!manifest.arrivals().byStartMillis().isEmpty()) {
        trusted.passed(Instant.ofEpochMilli(manifest.arrivals().byStartMillis().lastKey()));
      }
      return List.of(manifest);
    } catch (InvalidJsonException e) {
      log.warn("The signed manifest {} cannot be read: {}", delivered, e.getMessage());
      return List.of();
    }
  }
}
