package io.distillstream.tuf.refusal;

import java.io.IOException;
import java.time.Duration;

/**
 * A download that came too slowly to wait for. It is an {@link IOException}, since another attempt
 * or another mirror may do better.
 */
public final class SlowRetrievalException extends IOException {

  private static final long serialVersionUID = 1L;

  public SlowRetrievalException(String file, long bytes, Duration limit) {
    super(
        file + ": " + bytes + " bytes came within " + limit.toMillis() / 1_000 + " s, and no end");
  }
}
