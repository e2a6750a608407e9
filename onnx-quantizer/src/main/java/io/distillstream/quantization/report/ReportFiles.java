package io.distillstream.quantization.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Writes a report for people and for programs. */
public final class ReportFiles {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .enable(SerializationFeature.INDENT_OUTPUT)
          // Infinite ratios are "Infinity", as text, which plain JSON can hold.
          .enable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
          .build();

  private ReportFiles() {}

  /** The report as JSON. */
  public static String json(QuantizationReport report) {
    try {
      return JSON.writeValueAsString(report) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A report cannot be written as JSON", e);
    }
  }

  /** The report as one HTML page without references to other files. */
  public static String html(QuantizationReport report) {
    return HtmlReport.of(report);
  }

  /** Writes {@code FILE.json} and {@code FILE.html}, whatever extension {@code base} has. */
  public static void write(QuantizationReport report, Path base) throws IOException {
    String name = base.getFileName().toString().replaceFirst("\\.(html?|json)$", "");
    Path file = base.toAbsolutePath();
    Files.createDirectories(Objects.requireNonNullElse(file.getParent(), file));
    Files.writeString(file.resolveSibling(name + ".json"), json(report));
    Files.writeString(file.resolveSibling(name + ".html"), html(report));
  }
}
