package io.distillstream.device.trust;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * What a device trusts to begin with: a root of the pipeline's repository, which came with the
 * device or its app.
 */
public final class TrustedRoot {

  private final byte[] file;
  private final @Nullable Clock clock;

  private TrustedRoot(byte[] file, @Nullable Clock clock) {
    this.file = file.clone();
    this.clock = clock;
  }

  /** The content of a root's file, on a device with a clock. */
  public static TrustedRoot of(byte[] file) {
    return new TrustedRoot(file, Clock.systemUTC());
  }

  /** The same, from a file. */
  public static TrustedRoot read(Path file) throws IOException {
    return of(Files.readAllBytes(file));
  }

  /**
   * For a device whose clock says nothing: what has expired is told by the latest time that an
   * update's manifest gave proof of. It does not notice when nothing new reaches it for ever.
   */
  public TrustedRoot withoutClock() {
    return new TrustedRoot(file, null);
  }

  byte[] file() {
    return file.clone();
  }

  @Nullable Clock clock() {
    return clock;
  }
}
