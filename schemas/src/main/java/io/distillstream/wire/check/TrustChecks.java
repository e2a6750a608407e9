package io.distillstream.wire.check;

import io.distillstream.avro.TrustFile;

/** Files of the TUF repository, which devices verify by themselves. */
public final class TrustChecks {
  private static final int MOST_BYTES = 5_000_000;

  private TrustChecks() {}

  public static void file(TrustFile file) {
    Require.name("name", file.getName());
    Require.between("content", file.getContent().remaining(), 1, MOST_BYTES);
  }
}
