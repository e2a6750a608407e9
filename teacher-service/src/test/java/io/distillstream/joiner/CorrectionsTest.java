package io.distillstream.joiner;

import static io.distillstream.joiner.DrivenTopology.RETENTION;
import static io.distillstream.joiner.DrivenTopology.START;
import static io.distillstream.joiner.DrivenTopology.WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.TrainingExample;
import io.distillstream.joiner.weight.WeightSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Truth that comes after its example has left, and room for what waits. */
class CorrectionsTest {

  private DrivenTopology topology = new DrivenTopology(1);

  @AfterEach
  void close() {
    topology.close();
  }

  private void bound(int maxWaiting, Duration correctionWait, int maxCorrectable) {
    topology.close();
    topology =
        new DrivenTopology(
            new JoinerSettings(
                WAIT,
                1,
                WAIT,
                RETENTION,
                1,
                WeightSettings.ALIKE,
                new StateBounds(maxWaiting, correctionWait, maxCorrectable)));
  }

  @Test
  void shouldMakeACorrectionOfLateTruthOnce() throws Exception {
    topology.say("a", "minilm", 0.1, 0.9);
    topology.advance(WAIT.plusMillis(50));
    topology.advance(Duration.ofMinutes(1));
    topology.tell("a", "noun.animal");
    topology.tell("a", "noun.animal");

    List<TrainingExample> examples = topology.allExamples();
    assertThat(examples).hasSize(2);
    TrainingExample first = examples.get(0);
    assertThat(first.getCorrection()).isFalse();
    assertThat(examples.get(1))
        .isEqualTo(
            TrainingExample.newBuilder(first)
                .setCorrection(true)
                .setGroundTruth("noun.animal")
                .setJoinedAt(START.plus(WAIT).plusMillis(50).plusSeconds(60))
                .build());
    assertThat(topology.events)
        .containsExactly(
            JoinEvent.EXAMPLES_JOINED, JoinEvent.CORRECTIONS_JOINED, JoinEvent.GROUND_TRUTH_LATE);
  }

  @Test
  void shouldCorrectNothingThatWasJoinedWithItsTruth() throws Exception {
    topology.tell("a", "noun.animal");
    topology.say("a", "minilm", 0.1, 0.9);
    topology.tell("a", "noun.plant");

    assertThat(topology.onlyExample().getGroundTruth()).isEqualTo("noun.animal");
  }

  @Test
  void shouldKeepTheNewestForCorrectionsWhereThereIsNoRoomForAll() throws Exception {
    bound(1_000, Duration.ofMinutes(10), 2);
    for (String id : List.of("a", "b", "c")) {
      topology.say(id, "minilm", 0.1, 0.9);
      topology.advance(WAIT.plusMillis(50));
    }
    assertThat(correctable()).containsExactlyInAnyOrder("b", "c");
    topology.tell("a", "noun.plant");
    topology.tell("b", "noun.plant");

    assertThat(topology.allExamples())
        .filteredOn(TrainingExample::getCorrection)
        .extracting(TrainingExample::getRequestId)
        .containsExactly("b");
  }

  @Test
  void shouldForgetWhatIsCorrectableInTime() {
    bound(1_000, Duration.ofMinutes(10), 1_000);
    topology.say("a", "minilm", 0.1, 0.9);
    topology.advance(WAIT.plusMillis(50));
    assertThat(correctable()).containsExactly("a");

    topology.advance(Duration.ofMinutes(10));

    assertThat(correctable()).isEmpty();
  }

  @Test
  void shouldKeepNothingWhereNoCorrectionsAreWanted() {
    bound(1_000, Duration.ZERO, 1_000);
    topology.say("a", "minilm", 0.1, 0.9);
    topology.advance(WAIT.plusMillis(50));
    assertThat(correctable()).isEmpty();

    topology.tell("a", "noun.plant");

    assertThat(topology.events)
        .containsExactly(JoinEvent.EXAMPLES_JOINED, JoinEvent.GROUND_TRUTH_LATE);
  }

  @Test
  void shouldLetTheLongestWaitingGoWhereMoreWaitThanThereIsRoomFor() throws Exception {
    bound(2, Duration.ofMinutes(10), 1_000);
    for (String id : List.of("a", "b", "c")) {
      topology.say(id, "minilm", 0.1, 0.9);
      topology.advance(Duration.ofMillis(100));
    }

    assertThat(topology.onlyExample().getRequestId()).isEqualTo("a");
    assertThat(topology.events)
        .containsExactly(JoinEvent.WAITS_CUT_SHORT, JoinEvent.EXAMPLES_JOINED);
    topology.advance(WAIT);
    assertThat(topology.allExamples()).hasSize(2);
  }

  private List<String> correctable() {
    List<String> ids = new ArrayList<>();
    try (KeyValueIterator<String, ValueAndTimestamp<byte[]>> all =
        topology
            .driver
            .<String, byte[]>getTimestampedKeyValueStore(JoinerTopology.CORRECTABLE)
            .all()) {
      all.forEachRemaining(entry -> ids.add(entry.key));
    }
    return ids;
  }
}
