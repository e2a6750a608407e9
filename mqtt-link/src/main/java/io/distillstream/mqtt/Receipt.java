package io.distillstream.mqtt;

import com.grack.nanojson.JsonWriter;
import io.distillstream.foundation.json.InvalidJsonException;
import io.distillstream.foundation.json.Json;
import io.distillstream.foundation.json.JsonFields;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway says of a report, to the device that sent it.
 *
 * @param reportSha256 of the report's bytes
 * @param error why it will never be taken in; null where it was, and cannot be lost any more
 */
public record Receipt(String reportSha256, @Nullable String error) {

  /** As JSON in UTF-8. */
  public byte[] write() {
    return JsonWriter.string()
        .object()
        .value("report_sha256", reportSha256)
        .value("error", error)
        .end()
        .done()
        .getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads one.
   *
   * @throws InvalidJsonException if it is none
   */
  public static Receipt read(byte[] json) {
    JsonFields root = Json.object(json);
    return new Receipt(root.text("report_sha256"), root.textOrNull("error"));
  }
}
