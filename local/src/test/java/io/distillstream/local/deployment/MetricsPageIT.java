package io.distillstream.local.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.local.deployment.Exposition.Metric;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/metrics.md} beside what a pipeline shows in which everything happens. */
class MetricsPageIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final Pattern ROW =
      Pattern.compile("\\| `(\\w+)` \\| (\\w+) \\| (.*?) \\| (\\S.*?) \\| (.*) \\|");

  /** Only collectors that work beside the program have it; which one there is, is the JVM's. */
  private static final Set<String> OF_SOME_COLLECTORS =
      Set.of("jvm_gc_concurrent_phase_time_seconds", "jvm_gc_concurrent_phase_time_seconds_max");

  /** Of a teacher that this pipeline does not have; {@code OpenAiTeacherIT} compares them. */
  private static final String OF_A_LANGUAGE_MODEL = "`distillstream_teacher_upstream_";

  /** Dashboards of others ask for it by this name, whose unit is no base unit. */
  private static final String KNOWN_TO_DASHBOARDS = "kafka_consumergroup_poll_time_ms ";

  /** Their unit is the last word of the name, before {@code _total} or {@code _max}. */
  private static final Pattern UNIT =
      Pattern.compile(".*_(seconds|bytes|ratio|threads|classes|buffers|files)(_total|_max)?");

  @SuppressWarnings("NullAway.Init") // Before all.
  private static Exposition shown;

  /** As the page has it. */
  private record Row(String name, String type, String labels, String meaning) {

    static Row of(Metric metric) {
      return new Row(
          metric.name(),
          metric.type(),
          metric.labels().stream()
              .map(label -> "`" + label + "`")
              .collect(Collectors.joining(", ")),
          metric.help().replace("|", "\\|"));
    }

    /** To be copied to the page. */
    @Override
    public String toString() {
      return "| `%s` | %s | %s | %s | %s |".formatted(name, type, labels, unit(name, "?"), meaning);
    }
  }

  @BeforeAll
  static void scrape(@TempDir Path folder) throws Exception {
    try (FedPipeline pipeline = FedPipeline.start(folder)) {
      System.gc();
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                shown = Exposition.scrape(pipeline.server());
                return shown.metrics().containsKey("jvm_gc_pause_seconds");
              });
    }
  }

  @Test
  void shouldListEveryMetricThatIsShownAndNoOther() throws Exception {
    Set<String> listed = new TreeSet<>();
    page().keySet().forEach(row -> listed.add(row.toString()));
    Set<String> exposed = new TreeSet<>();
    shown.metrics().values().forEach(metric -> exposed.add(Row.of(metric).toString()));
    assertThat(difference(listed, exposed)).as("listed, but not shown so").isEmpty();
    assertThat(difference(exposed, listed)).as("shown, but not listed so").isEmpty();
  }

  @Test
  void shouldNameTheUnitThatTheNameEndsIn() throws Exception {
    page()
        .forEach(
            (row, unit) ->
                assertThat(unit).as(row.name()).isEqualTo(unit(row.name(), unit)).isNotBlank());
  }

  @Test
  void shouldPassPrometheusOwnLinter() throws Exception {
    Promtool.require();
    assertThat(Promtool.checkMetrics(shown.text()).output().lines())
        .allMatch(line -> line.startsWith(KNOWN_TO_DASHBOARDS));
  }

  private static Set<String> difference(Set<String> some, Set<String> others) {
    return some.stream()
        .filter(row -> !others.contains(row) && !row.contains(OF_A_LANGUAGE_MODEL))
        .filter(
            row -> OF_SOME_COLLECTORS.stream().noneMatch(name -> row.contains("`" + name + "`")))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String unit(String name, String otherwise) {
    Matcher unit = UNIT.matcher(name);
    return unit.matches() ? unit.group(1) : otherwise;
  }

  /** The rows, with their units. */
  private static Map<Row, String> page() throws Exception {
    Map<Row, String> rows = new LinkedHashMap<>();
    for (String line : Files.readAllLines(Path.of("..", "docs", "metrics.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        rows.put(new Row(row.group(1), row.group(2), row.group(3), row.group(5)), row.group(4));
      }
    }
    return rows;
  }
}
