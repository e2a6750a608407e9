package io.distillstream.benchmarks.scenario.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.trainer.examples.Example;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OrdersTest {
  private static final int CLASSES = 6;

  /** 6,000 records: label 0 has 2,000, each further one fewer. */
  private static final List<Example> RECORDS = records(2_000, 1_500, 1_000, 800, 500, 200);

  @ParameterizedTest
  @EnumSource
  void shouldUseEachRecordOnce(Scenario scenario) {
    List<Example> stream = scenario.stream(RECORDS, CLASSES, 500, 1).records();

    assertThat(stream).extracting(Example::requestId).doesNotHaveDuplicates();
    assertThat(stream)
        .extracting(Example::requestId)
        .containsExactlyInAnyOrderElementsOf(ids(RECORDS));
  }

  @ParameterizedTest
  @EnumSource
  void shouldDependOnTheSeedAlone(Scenario scenario) {
    List<String> ids = ids(scenario.stream(RECORDS, CLASSES, 500, 1).records());

    assertThat(ids(scenario.stream(RECORDS, CLASSES, 500, 1).records())).isEqualTo(ids);
    assertThat(ids(scenario.stream(RECORDS, CLASSES, 500, 2).records())).isNotEqualTo(ids);
  }

  @Test
  void shouldHaveOneRunPerLabelInOrder() {
    assertThat(Orders.meanRun(Orders.byLabel(RECORDS, new Random(1)))).isEqualTo(1_000);
  }

  @Test
  void shouldHaveRunsOfTheMeanLengthAskedFor() {
    assertThat(Orders.meanRun(Orders.bursts(RECORDS, 20, new Random(1)))).isBetween(17.0, 23.0);
    assertThat(Orders.meanRun(Orders.bursts(RECORDS, 50, new Random(1)))).isBetween(40.0, 60.0);
  }

  @Test
  void shouldMixBurstsAsTheRecordsAreMixed() {
    List<Example> firstHalf = Orders.bursts(RECORDS, 20, new Random(1)).subList(0, 3_000);

    assertThat(firstHalf.stream().filter(record -> record.truth() == 0).count())
        .isBetween(750L, 1_250L);
  }

  @Test
  void shouldAlternateHalvesByDay() {
    Set<Integer> half = Orders.half(RECORDS);
    List<Example> stream = Orders.alternating(RECORDS, half, 500, new Random(1));

    assertThat(labels(stream.subList(0, 500))).isSubsetOf(half);
    assertThat(labels(stream.subList(500, 1_000))).doesNotContainAnyElementsOf(half);
    assertThat(labels(stream.subList(1_000, 1_500))).isSubsetOf(half);
  }

  @Test
  void shouldSplitRecordsAboutEvenly() {
    Set<Integer> half = Orders.half(RECORDS);

    // 2,000 + 800 + 200 beside 1,500 + 1,000 + 500.
    assertThat(half).containsExactlyInAnyOrder(0, 3, 5);
  }

  @Test
  void shouldKeepLateLabelsOutOfTheFirstHalf() {
    Set<Integer> late = Orders.third(RECORDS);
    List<Example> stream = Orders.appearing(RECORDS, late, new Random(1));

    assertThat(late).containsExactlyInAnyOrder(1, 4);
    assertThat(labels(stream.subList(0, 3_000))).doesNotContainAnyElementsOf(late);
    assertThat(labels(stream.subList(3_000, 6_000))).containsAll(late);
  }

  @Test
  void shouldPermuteTruthAndTeacherAlikeFromTheChangeOn() {
    TrafficStream stream = Scenario.ABRUPT.stream(RECORDS, CLASSES, 500, 1);

    for (int i = 0; i < stream.records().size(); i++) {
      Example record = stream.records().get(i);
      String id = record.requestId();
      int before = Integer.parseInt(id.substring(0, id.indexOf('-')));
      int expected = i < 3_000 ? before : stream.meaning().of(before);
      assertThat(record.truth()).isEqualTo(expected);
      assertThat(record.target().answer()).isEqualTo(expected);
    }
    assertThat(stream.at(2_999)).isEqualTo(Meaning.same(CLASSES));
    assertThat(stream.at(3_000)).isEqualTo(stream.meaning());
  }

  @Test
  void shouldGiveEveryLabelAnotherMeaning() {
    Meaning meaning = Meaning.permuted(CLASSES, new Random(3));

    assertThat(meaning.renamed()).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
    for (int label = 0; label < CLASSES; label++) {
      assertThat(meaning.of(label)).isNotEqualTo(label);
    }
  }

  @Test
  void shouldChangeGradually() {
    TrafficStream stream = Scenario.GRADUAL.stream(RECORDS, CLASSES, 500, 1);

    assertThat(changed(stream, 0, 1_500)).isZero();
    assertThat(changed(stream, 1_500, 2_000)).isBetween(0.05, 0.3);
    assertThat(changed(stream, 2_500, 3_000)).isBetween(0.7, 0.95);
    assertThat(changed(stream, 3_000, 6_000)).isEqualTo(1);
  }

  @Test
  void shouldReceiveRecordsInOrder() {
    List<Example> stream = Scenario.ORDERED.stream(RECORDS, CLASSES, 500, 1).records();

    assertThat(stream.get(0).receivedAt()).isEqualTo(Instant.EPOCH);
    assertThat(stream.get(250).receivedAt()).isEqualTo(Instant.EPOCH.plusMillis(2_500));
  }

  private static double changed(TrafficStream stream, int from, int to) {
    return stream.records().subList(from, to).stream()
        .mapToInt(r -> r.requestId().startsWith(r.truth() + "-") ? 0 : 1)
        .average()
        .orElseThrow();
  }

  private static Set<Integer> labels(List<Example> records) {
    Set<Integer> labels = new TreeSet<>();
    records.forEach(record -> labels.add(record.truth()));
    return labels;
  }

  private static List<String> ids(List<Example> records) {
    return records.stream().map(Example::requestId).toList();
  }

  private static List<Example> records(int... counts) {
    List<Example> records = new ArrayList<>();
    for (int label = 0; label < counts.length; label++) {
      for (int i = 0; i < counts[label]; i++) {
        float[] logits = new float[counts.length];
        logits[label] = 1;
        records.add(
            new Example(
                label + "-" + i, new int[] {i}, logits, label, Instant.EPOCH, Map.of("t", "1")));
      }
    }
    return records;
  }
}
