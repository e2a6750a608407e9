package io.distillstream.joiner;

import static io.distillstream.joiner.DrivenTopology.WAIT;
import static io.distillstream.joiner.DrivenTopology.header;
import static io.distillstream.joiner.DrivenTopology.label;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.wire.DeadLetters;
import java.util.List;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Records that cannot be joined become dead letters, and the stream goes on. */
class UnjoinableRecordsTest {

  private DrivenTopology topology = new DrivenTopology(1);

  @AfterEach
  void close() {
    topology.close();
  }

  @Test
  void shouldRefuseAnOpinionFromAnotherLabelSpace() throws Exception {
    topology.close();
    topology = new DrivenTopology(2);
    byte[] stranger = topology.softLabelCodec.encode(label("a", "alpha", "other-space"));
    topology.softLabels.pipeInput("a", topology.softLabel("a", "zeta"));
    topology.softLabels.pipeInput("a", stranger);
    topology.advance(WAIT.plusMillis(50));

    assertThat(topology.onlyExample().getTeachers()).hasSize(1);
    TestRecord<String, byte[]> letter = topology.deadLetters.readRecord();
    assertThat(letter.value()).isEqualTo(stranger);
    assertThat(header(letter, DeadLetters.ERROR)).contains("other-space").contains("alpha");
  }

  @Test
  void shouldSendUndecodableBytesToTheDeadLettersAndGoOn() {
    byte[] poison = {1, 2, 3};
    topology.softLabels.pipeInput("a", topology.softLabel("a", "minilm"));
    topology.groundTruth.pipeInput("p", poison);
    topology.softLabels.pipeInput("p", poison);
    topology.softLabels.pipeInput("b", topology.softLabel("b", "minilm"));
    topology.advance(WAIT.plusMillis(50));

    assertThat(topology.examples.readKeyValuesToList()).hasSize(2);
    List<TestRecord<String, byte[]>> letters = topology.deadLetters.readRecordsToList();
    assertThat(letters).hasSize(2).allSatisfy(l -> assertThat(l.value()).isEqualTo(poison));
    assertThat(header(letters.get(0), DeadLetters.TOPIC)).isEqualTo(topology.truthCodec.topic());
    assertThat(header(letters.get(1), DeadLetters.TOPIC))
        .isEqualTo(topology.softLabelCodec.topic());
    assertThat(header(letters.get(1), DeadLetters.OFFSET)).isEqualTo("1");
  }

  @Test
  void shouldRefuseARecordUnderAnotherKey() {
    topology.softLabels.pipeInput("b", topology.softLabel("a", "minilm"));
    topology.softLabels.pipeInput(new TestRecord<>(null, topology.softLabel("a", "minilm")));

    assertThat(topology.deadLetters.readRecordsToList())
        .extracting(letter -> header(letter, DeadLetters.ERROR))
        .containsExactly(
            "Its key is b, expected its request id a",
            "Its key is null, expected its request id a");
    assertThat(topology.examples.isEmpty()).isTrue();
  }
}
