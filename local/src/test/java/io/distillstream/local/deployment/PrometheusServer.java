package io.distillstream.local.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.distillstream.embedded.FreePorts;
import io.distillstream.local.ForeignProgram;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Debian's Prometheus with the repository's rules, scraping one process every second. */
final class PrometheusServer implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private final Process process;
  private final URI address;

  private PrometheusServer(Process process, URI address) {
    this.process = process;
    this.address = address;
  }

  /** Skips the test, and says so, where there is none. */
  static void require() throws Exception {
    ForeignProgram.require("Prometheus", "Debian's package prometheus", "prometheus", "--version");
  }

  /**
   * Starts it; what it keeps and prints goes to a folder.
   *
   * @param scraped whose {@code /metrics} it reads
   */
  static PrometheusServer start(Path folder, URI scraped) throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("prometheus.yml"),
            """
            global: { scrape_interval: 1s, evaluation_interval: 1s }
            rule_files: [ "%s/*.rules.yml" ]
            scrape_configs:
              - job_name: distillstream
                static_configs: [ { targets: [ "%s" ] } ]
            """
                .formatted(
                    Path.of("..", "deploy", "prometheus").toRealPath(), scraped.getAuthority()));
    int port = FreePorts.choose();
    Process process =
        new ProcessBuilder(
                "prometheus",
                "--config.file=" + config,
                "--storage.tsdb.path=" + folder.resolve("tsdb"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("prometheus.log").toFile())
            .start();
    return new PrometheusServer(process, URI.create("http://127.0.0.1:" + port));
  }

  /** The values that an expression has now, of all series; none while it does not answer. */
  List<Double> query(String expression) throws InterruptedException {
    List<Double> values = new ArrayList<>();
    JsonNode answer = get("/api/v1/query?query=" + encoded(expression));
    if (answer.path("status").asText().equals("error")) {
      throw new AssertionError(expression + ": " + answer.path("error").asText());
    }
    answer
        .path("data")
        .path("result")
        .forEach(series -> values.add(Double.valueOf(series.at("/value/1").asText())));
    return values;
  }

  /** The rules as it has evaluated them. */
  List<JsonNode> rules() throws InterruptedException {
    List<JsonNode> rules = new ArrayList<>();
    get("/api/v1/rules")
        .at("/data/groups")
        .forEach(group -> group.path("rules").forEach(rules::add));
    return rules;
  }

  private JsonNode get(String path) throws InterruptedException {
    try {
      return JSON.readTree(
          client
              .send(
                  HttpRequest.newBuilder(URI.create(address + path)).build(),
                  BodyHandlers.ofString())
              .body());
    } catch (IOException e) {
      if (!process.isAlive()) {
        throw new AssertionError("Prometheus ended with " + process.exitValue(), e);
      }
      return JSON.createObjectNode();
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
