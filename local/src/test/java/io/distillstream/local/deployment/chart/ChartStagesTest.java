package io.distillstream.local.deployment.chart;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.local.deployment.YamlFile;
import io.distillstream.local.services.ServiceKind;
import io.distillstream.local.settings.AllSettings;
import io.distillstream.runtime.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether the stages that the chart deploys are the product's, with settings that it takes. */
class ChartStagesTest {

  /** Helm's longest. */
  private static final String LONG_RELEASE =
      "a-release-whose-name-is-as-long-as-helm-lets-it-be-53";

  @TempDir static Path folder;
  private static Map<String, Rendering> renderings = Map.of();

  @BeforeAll
  static void render() throws Exception {
    renderings = Rendering.all(folder);
  }

  @Test
  void shouldRunEveryService() throws Exception {
    assertThat(rendering("everything").stages().keySet())
        .isEqualTo(
            Arrays.stream(ServiceKind.values()).map(ServiceKind::text).collect(Collectors.toSet()));
    assertThat(rendering("minimal").stages())
        .containsOnlyKeys("teacher", "joiner", "trainer", "quantizer", "monitor");
  }

  @Test
  void shouldGiveEachServiceSettingsThatItKnows() throws Exception {
    for (String values : Helm.VALUES) {
      Rendering rendering = rendering(values);
      for (Object workload : rendering.stages().values()) {
        assertThat(settings(rendering, workload)).isNotNull();
      }
    }
  }

  @Test
  void shouldProbeAndServeEachStageWhereItListens() throws Exception {
    for (String values : Helm.VALUES) {
      Rendering rendering = rendering(values);
      Map<String, Object> services = new HashMap<>();
      rendering.all("Service").forEach(one -> services.put(Rendering.name(one), one));
      rendering
          .stages()
          .forEach(
              (stage, workload) -> {
                Settings settings = settings(rendering, workload);
                Object container = Rendering.container(workload);
                Object port = YamlFile.list(container, "ports").get(0);
                assertThat(YamlFile.at(port, "name")).isEqualTo("http");
                assertThat(YamlFile.at(port, "containerPort"))
                    .isEqualTo(http(settings, stage, "port"));
                assertThat(http(settings, stage, "host")).isEqualTo("0.0.0.0");
                probes(container);
                Object service = services.get(Rendering.name(workload));
                if (service != null) {
                  assertThat(YamlFile.at(YamlFile.list(service, "spec", "ports").get(0), "port"))
                      .isEqualTo(http(settings, stage, "port"));
                  assertThat(http(settings, stage, "allowed-hosts"))
                      .asInstanceOf(InstanceOfAssertFactories.LIST)
                      .contains(
                          Rendering.name(workload),
                          Rendering.name(workload) + "." + Rendering.NAMESPACE + ".svc");
                }
              });
    }
  }

  private static void probes(Object container) {
    Map.of("startupProbe", "live", "livenessProbe", "live", "readinessProbe", "ready")
        .forEach(
            (probe, asks) ->
                assertThat(YamlFile.map(container, probe, "httpGet"))
                    .isEqualTo(Map.of("path", "/health/" + asks, "port", "http")));
  }

  /** A pod's name is its instance.name, and is kept over restarts. */
  @Test
  void shouldNameInstancesByTheirPods() throws Exception {
    Rendering rendering =
        Rendering.of("everything", LONG_RELEASE, Files.createDirectory(folder.resolve("long")));
    Set<String> names = new HashSet<>();
    for (Object workload : rendering.stages().values()) {
      Object instance = YamlFile.list(Rendering.container(workload), "env").get(0);
      assertThat(YamlFile.at(instance, "name")).isEqualTo("DISTILLSTREAM_INSTANCE_NAME");
      assertThat(YamlFile.at(instance, "valueFrom", "fieldRef", "fieldPath"))
          .isEqualTo("metadata.name");
      assertThat(settings(rendering, workload)).isNotNull();
      names.add(Rendering.name(workload));
    }
    assertThat(names).hasSize(ServiceKind.values().length);
  }

  /** As the service reads them; what it would not take is an error. */
  private static Settings settings(Rendering rendering, Object workload) {
    Map<String, String> environment = new HashMap<>();
    for (Object variable : YamlFile.list(Rendering.container(workload), "env")) {
      Map<String, Object> fields = YamlFile.map(variable);
      environment.put(
          (String) requireNonNull(fields.get("name")),
          // The pod of the largest number that anybody starts.
          fields.containsKey("value")
              ? (String) requireNonNull(fields.get("value"))
              : Rendering.name(workload) + "-999");
    }
    try {
      return Settings.load(AllSettings.list(), rendering.settings(), environment, Map.of());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Object http(Settings settings, String stage, String key) {
    List<String> keys = new ArrayList<>();
    AllSettings.list()
        .forEach(
            setting -> {
              if (setting.key().matches(stage + "(\\.http)?\\." + key)) {
                keys.add(setting.key());
              }
            });
    assertThat(keys).hasSize(1);
    return AllSettings.value(settings, keys.get(0));
  }

  private static Rendering rendering(String values) {
    return requireNonNull(renderings.get(values));
  }
}
