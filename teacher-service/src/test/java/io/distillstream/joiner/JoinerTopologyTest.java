package io.distillstream.joiner;

import static io.distillstream.joiner.DrivenTopology.RETENTION;
import static io.distillstream.joiner.DrivenTopology.START;
import static io.distillstream.joiner.DrivenTopology.WAIT;
import static io.distillstream.joiner.DrivenTopology.label;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.Augmentation;
import io.distillstream.avro.AugmentationKind;
import io.distillstream.avro.SoftLabel;
import io.distillstream.avro.TrainingExample;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How a labelled request and its truth find each other, and how long they wait. */
class JoinerTopologyTest {

  private DrivenTopology topology = new DrivenTopology(1);

  @AfterEach
  void close() {
    topology.close();
  }

  @Test
  void shouldWaitForTruthAndEmitAtOnceWhenItArrives() throws Exception {
    topology.softLabels.pipeInput("a", topology.softLabel("a", "minilm"));
    topology.advance(WAIT.dividedBy(2));
    assertThat(topology.examples.isEmpty()).isTrue();

    topology.groundTruth.pipeInput("a", topology.truth("a", "noun.animal"));

    TrainingExample example = topology.onlyExample();
    assertThat(example.getRequestId()).isEqualTo("a");
    assertThat(example.getInput().getText()).isEqualTo("text of a");
    assertThat(example.getGroundTruth()).isEqualTo("noun.animal");
    assertThat(example.getReceivedAt()).isEqualTo(START);
    assertThat(example.getJoinedAt()).isEqualTo(START.plus(WAIT.dividedBy(2)));
    assertThat(example.getTeachers()).hasSize(1);
  }

  @Test
  void shouldEmitWithoutTruthWhenTheWaitIsOver() throws Exception {
    topology.softLabels.pipeInput("a", topology.softLabel("a", "minilm"));
    topology.advance(WAIT.minusMillis(1));
    assertThat(topology.examples.isEmpty()).isTrue();

    topology.advance(Duration.ofMillis(51));

    assertThat(topology.onlyExample().getGroundTruth()).isNull();
  }

  @Test
  void shouldHandOnWhatIsNoTrafficWithItsMarkAndWithoutWaitingForTruth() throws Exception {
    Augmentation mark =
        new Augmentation(AugmentationKind.WORD_SUBSTITUTION, "source", "student", 7L);
    SoftLabel plain = label("a", "minilm", "space");

    topology.softLabels.pipeInput(
        "a",
        topology.softLabelCodec.encode(SoftLabel.newBuilder(plain).setAugmentation(mark).build()));

    TrainingExample example = topology.onlyExample();
    assertThat(example.getAugmentation()).isEqualTo(mark);
    assertThat(example.getGroundTruth()).isNull();
  }

  @Test
  void shouldUseTruthThatCameBeforeTheLabel() throws Exception {
    topology.groundTruth.pipeInput("a", topology.truth("a", "noun.plant"));
    topology.advance(RETENTION.minusMinutes(1));

    topology.softLabels.pipeInput("a", topology.softLabel("a", "minilm"));

    assertThat(topology.onlyExample().getGroundTruth()).isEqualTo("noun.plant");
  }

  @Test
  void shouldUseTheNewestOfSeveralEarlyTruths() throws Exception {
    topology.groundTruth.pipeInput("a", topology.truth("a", "noun.plant"));
    topology.advance(RETENTION.dividedBy(2));
    topology.groundTruth.pipeInput("a", topology.truth("a", "noun.food"));

    topology.softLabels.pipeInput("a", topology.softLabel("a", "minilm"));

    assertThat(topology.onlyExample().getGroundTruth()).isEqualTo("noun.food");
  }

  @Test
  void shouldForgetEarlyTruthAfterItsRetention() throws Exception {
    topology.groundTruth.pipeInput("a", topology.truth("a", "noun.plant"));
    topology.advance(RETENTION.multipliedBy(2));

    topology.softLabels.pipeInput("a", topology.softLabel("a", "minilm"));
    assertThat(topology.examples.isEmpty()).isTrue();
    topology.advance(WAIT.plusMillis(50));

    assertThat(topology.onlyExample().getGroundTruth()).isNull();
  }

  @Test
  void shouldCountTruthThatIsTooLate() {
    topology.softLabels.pipeInput("a", topology.softLabel("a", "minilm"));
    topology.advance(WAIT.plusMillis(50));
    topology.advance(StateBounds.DEFAULT.correctionWait());
    topology.groundTruth.pipeInput("a", topology.truth("a", "noun.animal"));

    assertThat(topology.examples.readKeyValuesToList()).hasSize(1);
    assertThat(topology.events)
        .containsExactly(JoinEvent.EXAMPLES_JOINED, JoinEvent.GROUND_TRUTH_LATE);
  }

  @Test
  void shouldNameEveryStore() {
    assertThat(topology.driver.getAllStateStores())
        .containsOnlyKeys(
            JoinerTopology.PENDING,
            JoinerTopology.JOINED,
            JoinerTopology.EARLY_TRUTH,
            JoinerTopology.CORRECTABLE,
            JoinerTopology.ACCURACY);
  }
}
