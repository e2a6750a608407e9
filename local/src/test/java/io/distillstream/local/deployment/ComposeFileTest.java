package io.distillstream.local.deployment;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.local.settings.AllSettings;
import io.distillstream.runtime.Service;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.http.HttpListener;
import io.distillstream.runtime.http.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The stages in {@code docker-compose.yml}, and where Prometheus and the health checks ask them.
 */
class ComposeFileTest {

  @Test
  void shouldListenForAllContainersWhereTheStageDoes() throws Exception {
    Map<String, Object> stages = stages();
    assertThat(stages)
        .containsOnlyKeys("teacher", "trainer", "quantizer", "signer", "monitor", "gateway", "tap");
    stages.forEach(
        (name, stage) -> {
          Setting<?> port = port(name);
          String host = port.environmentVariable().replaceFirst("PORT$", "HOST");
          assertThat(YamlFile.at(stage, "environment", "HEALTH_PORT"))
              .as("HEALTH_PORT of %s", name)
              .hasToString(port.defaultText());
          assertThat(YamlFile.at(stage, "environment", host)).isEqualTo("0.0.0.0");
        });
  }

  @Test
  void shouldBeScrapedOnEachContainersPort() throws Exception {
    Map<String, String> scraped = new HashMap<>();
    for (Object job :
        YamlFile.list(YamlFile.read("deploy/prometheus/prometheus.yml"), "scrape_configs")) {
      for (Object target : YamlFile.list(job, "dns_sd_configs")) {
        YamlFile.list(target, "names")
            .forEach(name -> scraped.put((String) name, YamlFile.at(target, "port").toString()));
      }
    }
    Map<String, Object> stages = stages();
    Map<String, String> listening = new HashMap<>();
    stages.forEach((name, stage) -> listening.put(name, healthPort(stage)));
    YamlFile.map(YamlFile.read("docker-compose.cluster.yml"), "services")
        .forEach(
            (name, service) -> {
              if (YamlFile.map(service).containsKey("extends")) {
                Object stage = stages.get(YamlFile.at(service, "extends", "service"));
                if (stage != null) {
                  listening.put(name, healthPort(stage));
                }
              }
            });
    assertThat(scraped).isEqualTo(listening);
  }

  @Test
  void shouldTellAReadyContainerFromOneThatIsNot() throws Exception {
    Switched service = new Switched();
    int port;
    try (HttpServer server =
        HttpServer.start(
            HttpListener.loopback("x", 0),
            List.of(service),
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            routes -> {})) {
      port = server.port();
      assertThat(healthCheck(port)).isZero();
      service.healthy = false;
      assertThat(healthCheck(port)).isNotZero();
    }
    assertThat(healthCheck(port)).isNotZero();
  }

  /** The exit code of a container's health check, run as the engine would. */
  private static int healthCheck(int port) throws Exception {
    List<String> command =
        YamlFile.list(requireNonNull(stages().get("trainer")), "healthcheck", "test").stream()
            .map(word -> ((String) word).replace("$$", "$"))
            .toList();
    assertThat(command.get(0)).isEqualTo("CMD");
    ProcessBuilder builder =
        new ProcessBuilder(command.subList(1, command.size())).redirectErrorStream(true);
    builder.environment().put("HEALTH_PORT", Integer.toString(port));
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    return builder.start().waitFor();
  }

  private static String healthPort(Object stage) {
    return YamlFile.at(stage, "environment", "HEALTH_PORT").toString();
  }

  /** The containers that run stages, by name. */
  private static Map<String, Object> stages() throws IOException {
    Map<String, Object> stages = new HashMap<>();
    YamlFile.map(YamlFile.read("docker-compose.yml"), "services")
        .forEach(
            (name, service) -> {
              if (String.valueOf(YamlFile.map(service).get("command")).startsWith("[run")) {
                stages.put(name, service);
              }
            });
    return stages;
  }

  private static Setting<?> port(String stage) {
    return AllSettings.list().stream()
        .filter(setting -> setting.key().matches(stage + "(\\.http)?\\.port"))
        .findFirst()
        .orElseThrow();
  }

  private static final class Switched implements Service {
    private volatile boolean healthy = true;

    @Override
    public String name() {
      return "trainer";
    }

    @Override
    public void start() {}

    @Override
    public boolean healthy() {
      return healthy;
    }

    @Override
    public void close() {}
  }
}
