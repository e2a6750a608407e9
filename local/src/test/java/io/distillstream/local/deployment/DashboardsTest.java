package io.distillstream.local.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A linter of Grafana dashboards, and what it says of ours. */
class DashboardsTest {

  private static final Pattern SELECTOR = Pattern.compile("[a-z][\\w:]*\\{([^}]*)}");
  private static final Pattern RATE = Pattern.compile("\\b(?:rate|irate)\\(.*?\\[(.*?)]");
  private static final String DATA_SOURCE = "${datasource}";

  @Test
  void shouldFindNothing() throws Exception {
    assertThat(Dashboards.all())
        .isNotEmpty()
        .allSatisfy((file, dashboard) -> assertThat(problems(dashboard)).as(file).isEmpty());
  }

  @Test
  void shouldNameEachDashboardOnce() throws Exception {
    List<String> uids =
        Dashboards.all().values().stream().map(board -> board.path("uid").asText()).toList();
    assertThat(uids).doesNotHaveDuplicates().allMatch(uid -> uid.matches("distillstream-\\w+"));
  }

  @Test
  void shouldShowMetricsThatThereAre() throws Exception {
    Set<String> known = PromNames.known();
    for (JsonNode dashboard : Dashboards.all().values()) {
      for (JsonNode panel : Dashboards.panels(dashboard)) {
        for (String query : Dashboards.queries(panel)) {
          assertThat(PromNames.in(query)).as(query).isNotEmpty().isSubsetOf(known);
        }
      }
    }
  }

  @Test
  void shouldFindWhatIsWrong() throws Exception {
    JsonNode bad =
        new ObjectMapper()
            .readTree(
                """
                {"title": "X", "templating": {"list": []}, "panels": [
                  {"id": 1, "title": "", "description": "", "datasource": {"uid": "mine"},
                   "fieldConfig": {"defaults": {}}, "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
                   "targets": [{"expr": "rate(up{job=\\"x\\"}[5m])"}]},
                  {"id": 1, "title": "Y", "description": "Z", "datasource": {"uid": "${datasource}"},
                   "fieldConfig": {"defaults": {"unit": "s"}},
                   "gridPos": {"x": 6, "y": 4, "w": 12, "h": 8}, "targets": []}]}
                """);
    assertThat(problems(bad))
        .containsExactlyInAnyOrder(
            "no description",
            "no variable datasource of type datasource",
            "no variable job of type query",
            "panel 1 '': no title",
            "panel 1 '': no description",
            "panel 1 '': no unit",
            "panel 1 '': data source 'mine' is not ${datasource}",
            "panel 1 '': data source '' is not ${datasource}",
            "panel 1 '': no legend of rate(up{job=\"x\"}[5m])",
            "panel 1 '': a rate over 5m, not $__rate_interval",
            "panel 1 '': {job=\"x\"} does not select job=~\"$job\"",
            "panel 1 'Y': no query",
            "panel 1 'Y': its id is another's, too",
            "panel 1 'Y': overlaps panel 1");
  }

  private static List<String> problems(JsonNode dashboard) {
    List<String> problems = new ArrayList<>();
    for (String field : List.of("title", "description")) {
      require(!dashboard.path(field).asText().isBlank(), "no " + field, problems);
    }
    for (List<String> variable :
        List.of(List.of("datasource", "datasource"), List.of("job", "query"))) {
      require(
          hasVariable(dashboard, variable.get(0), variable.get(1)),
          "no variable %s of type %s".formatted(variable.get(0), variable.get(1)),
          problems);
    }
    List<JsonNode> before = new ArrayList<>();
    for (JsonNode panel : Dashboards.panels(dashboard)) {
      String name = "panel %s '%s': ".formatted(panel.path("id"), panel.path("title").asText());
      List<String> own = new ArrayList<>();
      checkTexts(panel, own);
      checkQueries(panel, own);
      checkPlace(panel, before, own);
      own.forEach(problem -> problems.add(name + problem));
      before.add(panel);
    }
    return problems;
  }

  private static boolean hasVariable(JsonNode dashboard, String name, String type) {
    for (JsonNode variable : dashboard.at("/templating/list")) {
      if (variable.path("name").asText().equals(name)) {
        return variable.path("type").asText().equals(type);
      }
    }
    return false;
  }

  private static void checkTexts(JsonNode panel, List<String> problems) {
    require(!panel.path("title").asText().isBlank(), "no title", problems);
    require(!panel.path("description").asText().isBlank(), "no description", problems);
    require(!panel.at("/fieldConfig/defaults/unit").asText().isBlank(), "no unit", problems);
    requireDataSource(panel, problems);
  }

  private static void checkQueries(JsonNode panel, List<String> problems) {
    require(panel.path("targets").size() > 0, "no query", problems);
    for (JsonNode target : panel.path("targets")) {
      String query = target.path("expr").asText();
      requireDataSource(target, problems);
      require(!target.path("legendFormat").asText().isBlank(), "no legend of " + query, problems);
      RATE.matcher(query)
          .results()
          .map(rate -> rate.group(1))
          .filter(span -> !span.equals("$__rate_interval"))
          .forEach(span -> problems.add("a rate over " + span + ", not $__rate_interval"));
      SELECTOR
          .matcher(query)
          .results()
          .map(selector -> selector.group(1))
          .filter(labels -> !labels.contains("job=~\"$job\""))
          .forEach(labels -> problems.add("{" + labels + "} does not select job=~\"$job\""));
    }
  }

  private static void checkPlace(JsonNode panel, List<JsonNode> before, List<String> problems) {
    for (JsonNode other : before) {
      require(!panel.path("id").equals(other.path("id")), "its id is another's, too", problems);
      require(!overlap(panel, other), "overlaps panel " + other.path("id"), problems);
    }
  }

  private static boolean overlap(JsonNode one, JsonNode other) {
    return overlap(one, other, "x", "w") && overlap(one, other, "y", "h");
  }

  private static boolean overlap(JsonNode one, JsonNode other, String from, String length) {
    JsonNode a = one.path("gridPos");
    JsonNode b = other.path("gridPos");
    return a.path(from).asInt() < b.path(from).asInt() + b.path(length).asInt()
        && b.path(from).asInt() < a.path(from).asInt() + a.path(length).asInt();
  }

  private static void requireDataSource(JsonNode node, List<String> problems) {
    String uid = node.at("/datasource/uid").asText();
    require(
        uid.equals(DATA_SOURCE),
        "data source '%s' is not %s".formatted(uid, DATA_SOURCE),
        problems);
  }

  private static void require(boolean holds, String problem, List<String> problems) {
    if (!holds) {
      problems.add(problem);
    }
  }
}
