package io.distillstream.local.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every panel and every rule on a real Prometheus that scrapes a pipeline under traffic. */
class DashboardsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // Before all.
  private static FedPipeline pipeline;

  @SuppressWarnings("NullAway.Init") // Before all.
  private static PrometheusServer prometheus;

  @BeforeAll
  static void start() throws Exception {
    PrometheusServer.require();
    pipeline = FedPipeline.start(folder);
    prometheus = PrometheusServer.start(folder, pipeline.server());
    // So that collections have been seen.
    System.gc();
  }

  @AfterAll
  static void stop() throws IOException {
    if (prometheus != null) {
      prometheus.close();
    }
    if (pipeline != null) {
      pipeline.close();
    }
  }

  @Test
  void shouldFillEveryPanel() throws Exception {
    List<String> empty = new ArrayList<>(queries());
    assertThat(empty).hasSizeGreaterThan(50);
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(
            () -> {
              empty.removeIf(DashboardsIT::hasData);
              assertThat(empty).as("queries without a figure").isEmpty();
            });
  }

  @Test
  void shouldEvaluateEveryRule() throws Exception {
    int rules = AlertRules.rules("recording").size() + AlertRules.rules("alerting").size();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(prometheus.rules())
                    .hasSize(rules)
                    .allSatisfy(
                        rule ->
                            assertThat(rule.path("health").asText())
                                .as(rule.path("name").asText())
                                .isEqualTo("ok")));
  }

  private static boolean hasData(String query) {
    try {
      return prometheus.query(query).stream().anyMatch(Double::isFinite);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Those of all panels, with the variables as Grafana fills them in. */
  private static List<String> queries() throws IOException {
    Map<String, String> variables =
        Map.of("$job", ".*", "$instance", ".*", "$__rate_interval", "15s");
    List<String> queries = new ArrayList<>();
    for (JsonNode dashboard : Dashboards.all().values()) {
      for (JsonNode panel : Dashboards.panels(dashboard)) {
        for (String query : Dashboards.queries(panel)) {
          String filled = query;
          for (Map.Entry<String, String> variable : variables.entrySet()) {
            filled = filled.replace(variable.getKey(), variable.getValue());
          }
          queries.add(filled);
        }
      }
    }
    return queries;
  }
}
