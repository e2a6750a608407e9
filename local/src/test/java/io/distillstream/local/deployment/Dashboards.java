package io.distillstream.local.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The Grafana dashboards of the repository. */
final class Dashboards {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path FOLDER = Path.of("..", "deploy", "grafana", "dashboards");

  private Dashboards() {}

  /** Each by its file's name. */
  static Map<String, JsonNode> all() throws IOException {
    Map<String, JsonNode> all = new TreeMap<>();
    try (Stream<Path> files = Files.list(FOLDER)) {
      for (Path file : files.toList()) {
        all.put(file.getFileName().toString(), JSON.readTree(file.toFile()));
      }
    }
    return all;
  }

  /** Its panels, those in rows too. */
  static List<JsonNode> panels(JsonNode dashboard) {
    List<JsonNode> panels = new ArrayList<>();
    for (JsonNode panel : dashboard.path("panels")) {
      if (panel.path("type").asText().equals("row")) {
        panels.addAll(panels(panel));
      } else {
        panels.add(panel);
      }
    }
    return panels;
  }

  /** The queries of a panel. */
  static List<String> queries(JsonNode panel) {
    List<String> queries = new ArrayList<>();
    panel.path("targets").forEach(target -> queries.add(target.path("expr").asText()));
    return queries;
  }
}
