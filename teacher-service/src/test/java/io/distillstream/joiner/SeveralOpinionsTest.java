package io.distillstream.joiner;

import static io.distillstream.joiner.DrivenTopology.RETENTION;
import static io.distillstream.joiner.DrivenTopology.WAIT;
import static io.distillstream.joiner.DrivenTopology.label;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.DenseLogits;
import io.distillstream.avro.SoftLabel;
import io.distillstream.avro.TeacherOpinion;
import io.distillstream.wire.DeadLetters;
import java.nio.ByteBuffer;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Opinions that come twice, and those of several teachers. */
class SeveralOpinionsTest {

  private DrivenTopology topology = new DrivenTopology(1);

  @AfterEach
  void close() {
    topology.close();
  }

  @Test
  void shouldDropAndCountDuplicatesWithinTheRetention() {
    topology.softLabels.pipeInput("a", topology.softLabel("a", "minilm"));
    topology.softLabels.pipeInput("a", topology.softLabel("a", "minilm"));
    topology.advance(WAIT.plusMillis(50));
    topology.softLabels.pipeInput("a", topology.softLabel("a", "minilm"));
    topology.advance(RETENTION);
    topology.softLabels.pipeInput("a", topology.softLabel("a", "minilm"));
    topology.advance(WAIT.plusMillis(50));

    assertThat(topology.examples.readKeyValuesToList()).hasSize(1);
    assertThat(topology.events)
        .containsExactly(
            JoinEvent.DUPLICATES_DROPPED,
            JoinEvent.EXAMPLES_JOINED,
            JoinEvent.DUPLICATES_DROPPED,
            JoinEvent.DUPLICATES_DROPPED);
  }

  @Test
  void shouldForgetJoinedIdsAfterTheRetention() {
    topology.softLabels.pipeInput("a", topology.softLabel("a", "minilm"));
    topology.advance(WAIT.plusMillis(50));
    topology.advance(RETENTION.multipliedBy(2));
    topology.softLabels.pipeInput("b", topology.softLabel("b", "minilm"));
    topology.advance(WAIT.plusMillis(50));

    try (KeyValueIterator<Windowed<String>, Long> remembered =
        topology.driver.<String, Long>getWindowStore(JoinerTopology.JOINED).all()) {
      assertThat(remembered).toIterable().extracting(entry -> entry.key.key()).containsExactly("b");
    }
  }

  @Test
  void shouldJoinTeachersInOrderOfTheirIds() throws Exception {
    topology.close();
    topology = new DrivenTopology(2);
    topology.groundTruth.pipeInput("a", topology.truth("a", "noun.animal"));
    topology.softLabels.pipeInput("a", topology.softLabel("a", "zeta"));
    assertThat(topology.examples.isEmpty()).isTrue();

    topology.softLabels.pipeInput("a", topology.softLabel("a", "alpha"));

    assertThat(topology.onlyExample().getTeachers())
        .extracting(TeacherOpinion::getTeacherId)
        .containsExactly("alpha", "zeta");
  }

  @Test
  void shouldNotWaitForASilentTeacherForEver() throws Exception {
    topology.close();
    topology = new DrivenTopology(2);
    topology.groundTruth.pipeInput("a", topology.truth("a", "noun.animal"));
    topology.softLabels.pipeInput("a", topology.softLabel("a", "zeta"));
    topology.advance(WAIT.plusMillis(50));

    assertThat(topology.onlyExample().getTeachers()).hasSize(1);
    assertThat(topology.events)
        .containsExactly(JoinEvent.EXAMPLES_JOINED, JoinEvent.OPINIONS_MISSING);
  }

  @Test
  void shouldRefuseAnOpinionThatCannotBePooledAndGoOnWithTheOthers() throws Exception {
    topology.close();
    topology = new DrivenTopology(3);
    topology.tell("a", "noun.animal");
    topology.say("a", "one", 0.5, 0.5);
    topology.say("a", "three", 0.2, 0.3, 0.5);
    topology.softLabels.pipeInput(
        "a",
        topology.softLabelCodec.encode(
            SoftLabel.newBuilder(label("a", "torn", DrivenTopology.LABELS.fingerprint()))
                .setDistribution(new DenseLogits(2, ByteBuffer.allocate(3)))
                .build()));
    topology.say("a", "two", 0.9, 0.1);
    topology.advance(WAIT.plusMillis(50));

    assertThat(topology.onlyExample().getTeachers())
        .extracting(TeacherOpinion::getTeacherId)
        .containsExactly("one", "two");
    assertThat(topology.deadLetters.readRecordsToList())
        .extracting(letter -> DrivenTopology.header(letter, DeadLetters.ERROR))
        .containsExactly(
            "Teacher three answers over 3 classes, but one answered request a over 2",
            "Teacher torn: Logits need 4 bytes, found 3");
  }
}
