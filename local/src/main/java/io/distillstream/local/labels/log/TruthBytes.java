package io.distillstream.local.labels.log;

import io.distillstream.local.labels.row.LabelRow.Truth;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A truth in a temporary file. */
public final class TruthBytes {

  private TruthBytes() {}

  /** Writes one, its time to the microsecond, as records have it. */
  public static void write(Truth truth, DataOutputStream out) throws IOException {
    out.writeUTF(truth.label());
    out.writeLong(ChronoUnit.MICROS.between(Instant.EPOCH, truth.observedAt()));
  }

  /** Reads one. */
  public static Truth read(DataInputStream in) throws IOException {
    String label = in.readUTF();
    return new Truth(label, Instant.EPOCH.plus(in.readLong(), ChronoUnit.MICROS));
  }
}
