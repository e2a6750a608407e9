package io.distillstream.device.folder;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.distillstream.device.transport.ArrivalCounts;
import io.distillstream.device.transport.UpdateReport;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The records of a device's folder as JSON. Field by field and not by reflection: Android's
 * runtimes do not know the components of a record. Fields that this release does not know are
 * ignored, so that an older one reads what a newer one wrote.
 */
final class FolderJson {

  private static final ObjectMapper JSON = new ObjectMapper();

  private FolderJson() {}

  static byte[] write(InstalledModel installed) {
    return bytes(node(installed));
  }

  /**
   * @throws IOException if it is not what {@link #write} wrote
   */
  static InstalledModel readInstalled(byte[] json) throws IOException {
    return installed(JSON.readTree(json));
  }

  static byte[] write(Instant joined) {
    return bytes(JSON.createObjectNode().put("joined_at", joined.toString()));
  }

  /**
   * @throws IOException if it is not what {@link #write} wrote
   */
  static Instant readJoined(byte[] json) throws IOException {
    try {
      return Instant.parse(text(JSON.readTree(json), "joined_at"));
    } catch (DateTimeException e) {
      throw new IOException("\"joined_at\" is not a time: " + e.getMessage(), e);
    }
  }

  static byte[] write(Set<InstalledModel> forgotten) {
    ObjectNode root = JSON.createObjectNode();
    ArrayNode models = root.putArray("forgotten");
    forgotten.forEach(model -> models.add(node(model)));
    return bytes(root);
  }

  /**
   * @throws IOException if it is not what {@link #write} wrote
   */
  static Set<InstalledModel> readForgotten(byte[] json) throws IOException {
    JsonNode models = JSON.readTree(json).path("forgotten");
    if (!models.isArray()) {
      throw new IOException("Expected a list \"forgotten\", got " + models);
    }
    Set<InstalledModel> forgotten = new LinkedHashSet<>();
    for (JsonNode model : models) {
      forgotten.add(installed(model));
    }
    return forgotten;
  }

  private static ObjectNode node(InstalledModel model) {
    return JSON.createObjectNode()
        .put("model", model.model())
        .put("channel", model.channel())
        .put("version", model.version())
        .put("sha256", model.sha256());
  }

  private static InstalledModel installed(JsonNode root) throws IOException {
    return new InstalledModel(
        text(root, "model"), text(root, "channel"), number(root, "version"), text(root, "sha256"));
  }

  static byte[] write(UpdateReport report) {
    ObjectNode root =
        JSON.createObjectNode()
            .put("deviceId", report.deviceId())
            .put("model", report.model())
            .put("channel", report.channel())
            .put("version", report.version())
            .put("outcome", report.outcome().name())
            .put("reason", report.reason())
            .put("answersServed", report.answersServed())
            .put("at", report.at().toString());
    ObjectNode arrivals = root.putObject("arrivals");
    report
        .arrivals()
        .byStartMillis()
        .forEach((start, records) -> arrivals.put(String.valueOf(start), records));
    return bytes(root);
  }

  /**
   * @throws IOException if it is not what {@link #write} wrote
   */
  static UpdateReport readReport(byte[] json) throws IOException {
    JsonNode root = JSON.readTree(json);
    try {
      return new UpdateReport(
          text(root, "deviceId"),
          text(root, "model"),
          text(root, "channel"),
          number(root, "version"),
          UpdateReport.Outcome.valueOf(text(root, "outcome")),
          root.path("reason").textValue(),
          arrivals(root.path("arrivals")),
          number(root, "answersServed"),
          Instant.parse(text(root, "at")));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new IOException("A report has a value of another kind: " + e.getMessage(), e);
    }
  }

  private static ArrivalCounts arrivals(JsonNode node) {
    TreeMap<Long, Long> counts = new TreeMap<>();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      counts.put(Long.parseLong(field.getKey()), field.getValue().asLong());
    }
    return new ArrivalCounts(counts);
  }

  private static String text(JsonNode root, String name) throws IOException {
    String value = root.path(name).textValue();
    if (value == null) {
      throw new IOException("Expected a text \"" + name + "\", got " + root.path(name));
    }
    return value;
  }

  private static long number(JsonNode root, String name) throws IOException {
    JsonNode value = root.path(name);
    if (!value.isIntegralNumber()) {
      throw new IOException("Expected a whole number \"" + name + "\", got " + value);
    }
    return value.longValue();
  }

  private static byte[] bytes(JsonNode node) {
    try {
      return JSON.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree of values is always JSON", e);
    }
  }
}
