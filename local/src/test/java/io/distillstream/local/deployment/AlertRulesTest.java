package io.distillstream.local.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.local.ForeignProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Rules and alerts: Prometheus' own checks, what each must have, and the runbook. */
class AlertRulesTest {

  @Test
  void shouldPassPrometheusChecks() throws Exception {
    Promtool.require();
    assertPasses(List.of("check", "rules"), files("", ".rules.yml"));
    assertPasses(List.of("check", "config"), List.of(AlertRules.FOLDER + "prometheus.yml"));
  }

  @Test
  void shouldPassTheirTests() throws Exception {
    Promtool.require();
    assertPasses(List.of("test", "rules"), files("tests/", ".test.yml"));
  }

  /** Once where it is to be raised, and once where it is not. */
  @Test
  void shouldTestEachAlertBothWays() throws Exception {
    Map<String, Set<Boolean>> tested = new HashMap<>();
    Object file = YamlFile.read(AlertRules.FOLDER + "tests/alerting.test.yml");
    for (Object test : YamlFile.list(file, "tests")) {
      for (Object check : YamlFile.list(test, "alert_rule_test")) {
        tested
            .computeIfAbsent((String) YamlFile.at(check, "alertname"), alert -> new TreeSet<>())
            .add(YamlFile.list(check, "exp_alerts").isEmpty());
      }
    }
    assertThat(tested.keySet()).isEqualTo(alerts());
    assertThat(tested).allSatisfy((alert, ways) -> assertThat(ways).as(alert).hasSize(2));
  }

  @Test
  void shouldTestEachRecordedRule() throws Exception {
    String tests = Files.readString(Path.of("..", AlertRules.FOLDER, "tests/recording.test.yml"));
    for (Object rule : AlertRules.rules("recording")) {
      assertThat(tests).contains("- expr: " + YamlFile.at(rule, "record") + "\n");
    }
  }

  @Test
  void shouldTellWhatToDoAboutEachAlertAndNothingElse() throws Exception {
    Map<String, String> sections = sections();
    assertThat(sections.keySet()).isEqualTo(alerts());
    assertThat(sections)
        .allSatisfy(
            (alert, section) ->
                assertThat(section)
                    .as(alert)
                    .containsSubsequence("\n**Means.** ", "\n**Look at.** ", "\n**Do.** "));
    for (Object rule : AlertRules.rules("alerting")) {
      String alert = (String) YamlFile.at(rule, "alert");
      assertThat(YamlFile.at(rule, "labels", "severity")).as(alert).isIn("page", "ticket");
      assertThat((String) YamlFile.at(rule, "annotations", "summary")).as(alert).isNotBlank();
      assertThat((String) YamlFile.at(rule, "annotations", "description")).as(alert).isNotBlank();
      assertThat(YamlFile.at(rule, "annotations", "runbook_url"))
          .isEqualTo("docs/runbook.md#" + alert.toLowerCase(Locale.ROOT));
    }
  }

  @Test
  void shouldReadMetricsThatThereAre() throws Exception {
    Set<String> known = PromNames.known();
    for (String kind : AlertRules.KINDS) {
      for (Object rule : AlertRules.rules(kind)) {
        String expression = (String) YamlFile.at(rule, "expr");
        assertThat(PromNames.in(expression)).as(expression).isNotEmpty().isSubsetOf(known);
      }
    }
  }

  private static Set<String> alerts() throws IOException {
    return AlertRules.rules("alerting").stream()
        .map(rule -> (String) YamlFile.at(rule, "alert"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Of the runbook, by their titles. */
  private static Map<String, String> sections() throws IOException {
    Map<String, String> sections = new HashMap<>();
    String[] parts = Files.readString(Path.of("..", "docs", "runbook.md")).split("(?m)^## ", -1);
    for (int i = 1; i < parts.length; i++) {
      sections.put(parts[i].lines().findFirst().orElseThrow(), parts[i]);
    }
    return sections;
  }

  private static List<String> files(String folder, String suffix) {
    List<String> files = new ArrayList<>();
    AlertRules.KINDS.forEach(kind -> files.add(AlertRules.FOLDER + folder + kind + suffix));
    return files;
  }

  private static void assertPasses(List<String> arguments, List<String> files) throws Exception {
    ForeignProgram.Result result = Promtool.run(arguments, files);
    assertThat(result.exitCode()).as(result.output()).isZero();
  }
}
