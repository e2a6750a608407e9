package io.distillstream.update;

import com.grack.nanojson.JsonStringWriter;
import com.grack.nanojson.JsonWriter;
import io.distillstream.foundation.json.InvalidJsonException;
import io.distillstream.foundation.json.Json;
import io.distillstream.foundation.json.JsonFields;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What devices say, as JSON in UTF-8. Fields that this release does not know are ignored, so that
 * newer devices can report to it.
 */
public final class ReportJson {

  /** No report or status is longer; whoever receives one need not read on. */
  public static final int MOST_BYTES = 4 << 20;

  private static final int LONGEST_REASON = 4_096;
  private static final int LONGEST_QUOTE = 40;

  /** A device's clock may be wrong by years, which is no reason to lose what it says. */
  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private ReportJson() {}

  /** Writes a report. */
  public static byte[] write(UpdateReport report) {
    JsonStringWriter json =
        JsonWriter.string()
            .object()
            .value("device_id", report.deviceId())
            .value("model", report.model())
            .value("channel", report.channel())
            .value("version", report.version())
            .value("outcome", report.outcome().name())
            .value("reason", report.reason());
    ArrivalsJson.write(json, report.arrivals());
    return bytes(
        json.value("answers_served", report.answersServed())
            .value("at", report.at().toString())
            .end());
  }

  /** Writes a status. */
  public static byte[] write(DeviceStatus status) {
    return bytes(
        JsonWriter.string()
            .object()
            .value("device_id", status.deviceId())
            .value("at", status.at().toString())
            .value("answers_served", status.answersServed())
            .value("installed_version", status.installedVersion())
            .end());
  }

  /**
   * Reads a report.
   *
   * @throws InvalidJsonException if it is none, naming the field at fault
   */
  public static UpdateReport readReport(byte[] json) {
    JsonFields root = Json.object(json);
    return new UpdateReport(
        Bounds.name(root, "device_id"),
        Bounds.name(root, "model"),
        Bounds.name(root, "channel"),
        root.wholeNumber("version", 1, Bounds.HIGHEST_VERSION),
        outcome(root),
        reason(root),
        ArrivalsJson.read(root),
        Bounds.count(root, "answers_served"),
        time(root));
  }

  /**
   * Reads a status.
   *
   * @throws InvalidJsonException if it is none, naming the field at fault
   */
  public static DeviceStatus readStatus(byte[] json) {
    JsonFields root = Json.object(json);
    return new DeviceStatus(
        Bounds.name(root, "device_id"),
        time(root),
        Bounds.count(root, "answers_served"),
        root.wholeNumber("installed_version", 0, Bounds.HIGHEST_VERSION));
  }

  private static UpdateReport.Outcome outcome(JsonFields root) {
    String text = root.text("outcome");
    for (UpdateReport.Outcome outcome : UpdateReport.Outcome.values()) {
      if (outcome.name().equals(text)) {
        return outcome;
      }
    }
    throw new InvalidJsonException(
        "outcome", "'outcome' must be INSTALLED or REJECTED, is " + quoted(text));
  }

  private static @Nullable String reason(JsonFields root) {
    String reason = root.textOrNull("reason");
    return reason == null ? null : shortened(reason, LONGEST_REASON);
  }

  private static Instant time(JsonFields root) {
    String text = root.text("at");
    try {
      Instant at = Instant.parse(text);
      if (!at.isBefore(EARLIEST) && !at.isAfter(LATEST)) {
        return at;
      }
    } catch (DateTimeException e) {
      // Falls through to the same message as a time out of range.
    }
    throw new InvalidJsonException(
        "at", "'at' must be a time such as 2026-03-01T12:00:00.123Z, is " + quoted(text));
  }

  private static String quoted(String text) {
    return "'" + shortened(text, LONGEST_QUOTE) + "'";
  }

  private static String shortened(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest) + "…";
  }

  private static byte[] bytes(JsonStringWriter json) {
    return json.done().getBytes(StandardCharsets.UTF_8);
  }
}
