package io.distillstream.tuf.repository;

import io.distillstream.tuf.MetadataSource;
import io.distillstream.tuf.TrustedMetadata;
import io.distillstream.tuf.TrustedStore;
import io.distillstream.tuf.TrustedTarget;
import io.distillstream.tuf.refusal.TufException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;

/** A device that starts anew with every look, as far as its memory goes; its folder stays. */
final class TestClient {

  private final Path folder;
  private final byte[] root;
  private final MetadataSource source;
  private Instant now = TestRepository.NOW;
  private boolean hasClock = true;

  TestClient(Path folder, byte[] root, MetadataSource source) {
    this.folder = folder;
    this.root = root;
    this.source = source;
  }

  TestClient withoutClock() {
    hasClock = false;
    return this;
  }

  void passes(Duration time) {
    now = now.plus(time);
  }

  /** The manifest that the stable channel vouches for at present. */
  Optional<TrustedTarget> look() throws IOException, TufException {
    TrustedMetadata metadata = refreshed();
    return metadata.find(TestRepository.STABLE.manifest());
  }

  TrustedMetadata refreshed() throws IOException, TufException {
    TrustedMetadata metadata =
        TrustedMetadata.open(
            root,
            new TrustedStore(folder),
            source,
            hasClock ? Clock.fixed(now, ZoneOffset.UTC) : null);
    metadata.refresh();
    return metadata;
  }
}
