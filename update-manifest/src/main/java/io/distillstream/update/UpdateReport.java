package io.distillstream.update;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of an update on one device.
 *
 * @param deviceId who reports
 * @param model of the update
 * @param channel of the update
 * @param version of the update
 * @param outcome what became of it
 * @param reason why it was rejected; null where it was installed
 * @param arrivals of the records that this installation brought to the device; updates skipped on
 *     the way are included
 * @param answersServed by this device since it was opened
 * @param at when the model began to answer, or was rejected
 */
public record UpdateReport(
    String deviceId,
    String model,
    String channel,
    long version,
    Outcome outcome,
    @Nullable String reason,
    ArrivalCounts arrivals,
    long answersServed,
    Instant at) {

  /** What can become of an update. */
  public enum Outcome {
    /** It answers now. */
    INSTALLED,
    /** It must not answer; the model before it goes on. */
    REJECTED
  }
}
