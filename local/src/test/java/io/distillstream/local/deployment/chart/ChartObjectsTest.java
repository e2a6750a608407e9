package io.distillstream.local.deployment.chart;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.local.deployment.AlertRules;
import io.distillstream.local.deployment.YamlFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rights, Secrets, scaling and monitoring of what the chart deploys. */
class ChartObjectsTest {

  @TempDir static Path folder;
  private static Map<String, Rendering> renderings = Map.of();

  @BeforeAll
  static void render() throws Exception {
    renderings = Rendering.all(folder);
  }

  /**
   * The variables of links between services are none of the settings, so no process would start.
   */
  @Test
  void shouldGivePodsNoRightsAndNoVariablesOfOthers() throws Exception {
    for (String values : Helm.VALUES) {
      for (Object pod : rendering(values).pods()) {
        Map<String, Object> fields = YamlFile.map(pod);
        assertThat(fields)
            .containsEntry("enableServiceLinks", false)
            .containsEntry("automountServiceAccountToken", false);
        assertThat(YamlFile.map(pod, "securityContext"))
            .containsEntry("runAsNonRoot", true)
            .containsEntry("seccompProfile", Map.of("type", "RuntimeDefault"));
        for (Object container : YamlFile.list(pod, "containers")) {
          assertThat(YamlFile.map(container, "securityContext"))
              .containsEntry("readOnlyRootFilesystem", true)
              .containsEntry("allowPrivilegeEscalation", false)
              .containsEntry("capabilities", Map.of("drop", List.of("ALL")));
          assertThat(YamlFile.map(container, "resources", "limits")).containsKey("memory");
          assertThat(
                  YamlFile.list(container, "volumeMounts").stream()
                      .filter(mount -> !YamlFile.map(mount).containsKey("readOnly"))
                      .map(mount -> YamlFile.at(mount, "mountPath")))
              .containsExactlyInAnyOrder("/data", "/tmp");
        }
      }
    }
  }

  @Test
  void shouldRunTheImageAsTheUserThatItIsBuiltFor() throws Exception {
    String build = Files.readString(Path.of("..", "container", "pom.xml"));
    String version = first(build, "<version>([^<]+)</version>");
    String[] user = first(build, "<user>([^<]+)</user>").split(":", -1);
    assertThat(first(build, "<to>\\s*<image>([^:<]+):")).isEqualTo("distillstream");
    for (Object pod : rendering("minimal").pods()) {
      assertThat(YamlFile.at(YamlFile.list(pod, "containers").get(0), "image"))
          .isEqualTo("distillstream:" + version);
      assertThat(YamlFile.map(pod, "securityContext"))
          .containsEntry("runAsUser", Integer.valueOf(user[0]))
          .containsEntry("runAsGroup", Integer.valueOf(user[1]))
          .containsEntry("fsGroup", Integer.valueOf(user[1]));
    }
  }

  @Test
  void shouldGiveKeysToThoseWhoSignAlone() throws Exception {
    Rendering rendering = rendering("everything");
    Map<String, Set<Object>> secrets = new HashMap<>();
    rendering
        .stages()
        .forEach(
            (stage, workload) ->
                secrets.put(
                    stage,
                    YamlFile.list(workload, "spec", "template", "spec", "volumes").stream()
                        .map(volume -> YamlFile.map(volume).get("secret"))
                        .filter(Objects::nonNull)
                        .map(secret -> YamlFile.at(secret, "secretName"))
                        .collect(Collectors.toSet())));
    assertThat(secrets)
        .containsEntry("signer", Set.of("distillstream-signer-keys"))
        .containsEntry("quantizer", Set.of("distillstream-quantizer-keys"))
        .containsEntry("gateway", Set.of("distillstream-gateway"))
        .containsEntry("trainer", Set.of())
        .containsEntry("teacher", Set.of());
  }

  @Test
  void shouldScaleByTheLagThatTheMonitorMeasures() throws Exception {
    Rendering rendering = rendering("everything");
    Map<String, Object> scaled = new HashMap<>();
    rendering.all("ScaledObject").forEach(one -> scaled.put(Rendering.name(one), one));
    Map<String, Object> stages = rendering.stages();
    assertThat(scaled).containsOnlyKeys("one-distillstream-teacher", "one-distillstream-joiner");
    for (String stage : List.of("teacher", "joiner")) {
      Object workload = requireNonNull(stages.get(stage));
      assertThat(YamlFile.map(workload, "spec")).doesNotContainKey("replicas");
      Object object = requireNonNull(scaled.get(Rendering.name(workload)));
      assertThat(YamlFile.map(object, "spec", "scaleTargetRef"))
          .containsEntry("name", Rendering.name(workload));
      Object trigger = YamlFile.list(object, "spec", "triggers").get(0);
      assertThat(YamlFile.at(trigger, "metadata", "url"))
          .isEqualTo("http://one-distillstream-monitor.pipelines.svc:8090/api/status");
      assertThat(YamlFile.at(trigger, "metadata", "valueLocation"))
          .isEqualTo("stages.#(name==\"%s\").lag".formatted(stage));
    }
  }

  @Test
  void shouldKeepSomeOfSeveralThroughAnEviction() throws Exception {
    assertThat(rendering("everything").all("PodDisruptionBudget").stream().map(Rendering::name))
        .containsExactlyInAnyOrder(
            "one-distillstream-teacher",
            "one-distillstream-joiner",
            "one-distillstream-quantizer",
            "one-distillstream-gateway",
            "one-distillstream-tap");
    assertThat(rendering("minimal").all("PodDisruptionBudget")).isEmpty();
  }

  @Test
  void shouldShipTheRulesAndDashboardsOfTheRepository() throws Exception {
    Rendering rendering = rendering("everything");
    Map<String, Object> rules = new HashMap<>();
    rendering
        .all("PrometheusRule")
        .forEach(one -> rules.put(Rendering.name(one), YamlFile.at(one, "spec")));
    Map<String, Object> expected = new HashMap<>();
    for (String kind : AlertRules.KINDS) {
      expected.put(
          "one-distillstream-" + kind, YamlFile.read(AlertRules.FOLDER + kind + ".rules.yml"));
    }
    assertThat(rules).isEqualTo(expected);
    Map<String, String> dashboards = new HashMap<>();
    for (Object map : rendering.all("ConfigMap")) {
      YamlFile.map(map, "data")
          .forEach(
              (file, text) -> {
                if (file.endsWith(".json")) {
                  dashboards.put(file, (String) text);
                }
              });
    }
    assertThat(dashboards).isEqualTo(dashboards());
  }

  private static Map<String, String> dashboards() throws IOException {
    Map<String, String> dashboards = new HashMap<>();
    try (Stream<Path> files = Files.list(Path.of("..", "deploy", "grafana", "dashboards"))) {
      for (Path file : files.toList()) {
        dashboards.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    return dashboards;
  }

  private static String first(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(pattern).isTrue();
    return matcher.group(1);
  }

  private static Rendering rendering(String values) {
    return requireNonNull(renderings.get(values));
  }
}
