package io.distillstream.tuf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The time against which expiries are held. Never earlier than the latest time that the client has
 * seen proof of: a clock that falls back, such as one without a battery that begins at 1970 with
 * every start, revives no expired metadata.
 *
 * <p>A device without any clock has that latest time alone. It then refuses what had expired by the
 * newest time that verified content told it, and cannot notice that everything stands still since:
 * of the attacks on freshness, an indefinite freeze needs a clock to be seen.
 */
final class UpdateClock {

  private static final String FILE = "latest-time";

  private final @Nullable Clock clock;
  private final TrustedStore store;
  private Instant latest;

  /**
   * @param clock null on a device that has none
   */
  UpdateClock(@Nullable Clock clock, TrustedStore store) throws IOException {
    this.clock = clock;
    this.store = store;
    this.latest = read(store);
  }

  /** The time at which an update starts; it stays that one for the whole update. */
  Instant now() {
    Instant reading = clock == null ? Instant.EPOCH : clock.instant();
    return reading.isAfter(latest) ? reading : latest;
  }

  /** Takes note of a time that has certainly passed. */
  void passed(Instant time) throws IOException {
    if (time.isAfter(latest)) {
      store.write(FILE, time.toString().getBytes(StandardCharsets.US_ASCII));
      latest = time;
    }
  }

  private static Instant read(TrustedStore store) throws IOException {
    Optional<byte[]> file = store.read(FILE);
    if (!file.isPresent()) {
      return Instant.EPOCH;
    }
    try {
      return Instant.parse(new String(file.get(), StandardCharsets.US_ASCII));
    } catch (DateTimeException e) {
      throw new IOException("Expected a time in the file " + FILE + " of the trusted metadata", e);
    }
  }
}
