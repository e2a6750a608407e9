package io.distillstream.joiner.weight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.avro.Input;
import io.distillstream.avro.TeacherOpinion;
import io.distillstream.avro.TrainingExample;
import io.distillstream.model.LabelSpace;
import io.distillstream.wire.payload.LogitsCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TeacherAccuracyTest {
  private static final LabelSpace LABELS = new LabelSpace(List.of("a", "b", "c"));

  private final KeyValueStore<String, Tally> store =
      Stores.keyValueStoreBuilder(
              Stores.inMemoryKeyValueStore("accuracy"), Serdes.String(), Tally.serde())
          .withLoggingDisabled()
          .build();
  private final TeacherAccuracy accuracy = new TeacherAccuracy(store, LABELS, 2);

  @BeforeEach
  void open() {
    store.init(new MockProcessorContext<>().getStateStoreContext(), store);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void shouldWeighByTheLogOddsOverChance() {
    assertThat(TeacherAccuracy.weight(0.75, 2)).isCloseTo(Math.log(3), within(1e-12));
    assertThat(TeacherAccuracy.weight(0.75, 24)).isCloseTo(Math.log(23 * 3), within(1e-12));
    assertThat(TeacherAccuracy.weight(0.5, 2)).isZero();
    assertThat(TeacherAccuracy.weight(0.25, 3)).isZero();
  }

  @Test
  void shouldBeginHalfwayBetweenChanceAndCertainty() {
    assertThat(TeacherAccuracy.estimate(Tally.NONE, 2)).isEqualTo(0.75);
    assertThat(TeacherAccuracy.estimate(Tally.NONE, 4)).isEqualTo(0.625);
    assertThat(TeacherAccuracy.estimate(new Tally(80, 20, 0), 2)).isCloseTo(0.35, within(1e-12));
  }

  @Test
  void shouldLetEarlierTruthsCountHalfAfterTheHalfLife() {
    measure("v1", "b", "b");
    measure("v1", "b", "a");
    measure("v1", "b", "a");

    Tally tally = onlyTally();
    assertThat(tally.hits()).isCloseTo(0.5, within(1e-12));
    assertThat(tally.truths()).isCloseTo(1.5 + Math.sqrt(0.5), within(1e-12));
    assertThat(tally.measuredAt()).isEqualTo(7);
  }

  @Test
  void shouldMeasureEachVersionAnew() {
    Map<String, Double> first = measure("v1", "b", "b");
    Map<String, Double> second = measure("v2", "b", "a");

    assertThat(first.get("teacher")).isGreaterThan(2.0 / 3);
    assertThat(second.get("teacher")).isLessThan(2.0 / 3);
  }

  @Test
  void shouldKnowABoundedNumberOfVersions() {
    for (int version = 0; version < TeacherAccuracy.MOST + 10; version++) {
      accuracy.measure(example("v" + version, "b"), "b", version);
    }

    List<Long> measuredAt = new ArrayList<>();
    store.all().forEachRemaining(one -> measuredAt.add(one.value.measuredAt()));
    assertThat(measuredAt).hasSize(TeacherAccuracy.MOST).allMatch(at -> at >= 10);
  }

  @Test
  void shouldMeasureNothingOfOtherLabels() {
    TrainingExample other =
        TrainingExample.newBuilder(example("v1", "b")).setLabelSpace("other").build();

    assertThat(accuracy.measure(other, "b", 7)).isEmpty();
    assertThat(accuracy.measure(example("v1", "b"), "d", 7)).isEmpty();
    assertThat(store.all()).toIterable().isEmpty();
  }

  @Test
  void shouldReadWhatItWrote() {
    Tally tally = new Tally(3.5, 2.25, 1_700_000_000_000L);

    byte[] bytes = Tally.serde().serializer().serialize("store", tally);

    assertThat(bytes).hasSize(24);
    assertThat(Tally.serde().deserializer().deserialize("store", bytes)).isEqualTo(tally);
  }

  private Map<String, Double> measure(String version, String answer, String truth) {
    return accuracy.measure(example(version, answer), truth, 7);
  }

  private Tally onlyTally() {
    return Objects.requireNonNull(store.all().next().value);
  }

  private static TrainingExample example(String version, String answer) {
    float[] logits = new float[LABELS.size()];
    logits[LABELS.indexOf(answer)] = 1;
    return new TrainingExample(
        "id",
        new Input("text"),
        LABELS.fingerprint(),
        1,
        List.of(new TeacherOpinion("teacher", version, LogitsCodec.encode(logits), null, null)),
        null,
        Instant.EPOCH,
        Instant.EPOCH,
        null,
        null,
        null,
        false);
  }
}
