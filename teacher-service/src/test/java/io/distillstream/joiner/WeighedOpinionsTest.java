package io.distillstream.joiner;

import static io.distillstream.joiner.DrivenTopology.RETENTION;
import static io.distillstream.joiner.DrivenTopology.WAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.avro.TeacherOpinion;
import io.distillstream.avro.TrainingExample;
import io.distillstream.joiner.weight.Tally;
import io.distillstream.joiner.weight.WeightSettings;
import io.distillstream.joiner.weight.Weighting;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How much each of several teachers counts. */
class WeighedOpinionsTest {

  private DrivenTopology topology = new DrivenTopology(1);

  @AfterEach
  void close() {
    topology.close();
  }

  private void weighBy(int expectedTeachers, Weighting weighting, Map<String, Double> fixed) {
    topology.close();
    topology =
        new DrivenTopology(
            new JoinerSettings(
                WAIT,
                expectedTeachers,
                WAIT,
                RETENTION,
                1,
                new WeightSettings(weighting, fixed, List.of(), 100),
                StateBounds.DEFAULT));
  }

  private static List<Double> weights(TrainingExample example) {
    return example.getTeachers().stream().map(TeacherOpinion::getWeight).toList();
  }

  @Test
  void shouldWeighByTheSettings() throws Exception {
    weighBy(2, Weighting.FIXED, Map.of("bag", 3.0));
    topology.tell("a", "noun.plant");
    topology.say("a", "minilm", 0.5, 0.5);
    topology.say("a", "bag", 0.5, 0.5);

    assertThat(weights(topology.onlyExample())).containsExactly(0.75, 0.25);
  }

  @Test
  void shouldLeaveWeightsOutWhereTeachersCountAlike() throws Exception {
    weighBy(2, Weighting.FIXED, Map.of());
    topology.tell("a", "noun.plant");
    topology.say("a", "minilm", 0.5, 0.5);
    topology.say("a", "bag", 0.9, 0.1);

    TrainingExample example = topology.onlyExample();
    assertThat(weights(example)).containsExactly(null, null);
    assertThat(example.getDisagreement()).isCloseTo(0.1017, within(1e-3));
    assertThat(topology.events).containsExactly(JoinEvent.EXAMPLES_JOINED);
  }

  @Test
  void shouldGiveTheWeightOfMissingTeachersToTheOthersAtTheDeadline() throws Exception {
    weighBy(3, Weighting.FIXED, Map.of("bag", 3.0, "slow", 4.0));
    topology.say("a", "minilm", 0.5, 0.5);
    topology.say("a", "bag", 0.5, 0.5);
    topology.advance(WAIT.plusMillis(50));

    assertThat(weights(topology.onlyExample())).containsExactly(0.75, 0.25);
    assertThat(topology.events)
        .containsExactly(JoinEvent.EXAMPLES_JOINED, JoinEvent.OPINIONS_MISSING);
  }

  @Test
  void shouldWeighBySureness() throws Exception {
    weighBy(2, Weighting.CONFIDENCE, Map.of());
    topology.tell("a", "noun.plant");
    topology.say("a", "bag", 0.5, 0.5);
    topology.say("a", "minilm", 0.999999, 0.000001);

    // Perplexities of 2 and of 1.
    List<Double> weights = weights(topology.onlyExample());
    assertThat(weights.get(0)).isCloseTo(1.0 / 3, within(1e-3));
    assertThat(weights.get(1)).isCloseTo(2.0 / 3, within(1e-3));
  }

  @Test
  void shouldWeighByWhatTheTruthSaysOfEachTeacher() throws Exception {
    weighBy(2, Weighting.ACCURACY, Map.of());
    for (int i = 0; i < 40; i++) {
      String id = "id-" + i;
      topology.tell(id, "noun.plant");
      topology.say(id, "good", 0.1, 0.9);
      topology.say(id, "poor", i % 2 == 0 ? 0.9 : 0.1, i % 2 == 0 ? 0.1 : 0.9);
    }

    List<TrainingExample> examples = topology.allExamples();
    assertThat(weights(examples.get(0))).containsExactly(null, null);
    List<Double> last = weights(examples.get(39));
    assertThat(last.get(0)).isGreaterThan(0.8);
    assertThat(last.get(0) + last.get(1)).isCloseTo(1, within(1e-12));
    assertThat(topology.events).contains(JoinEvent.EXAMPLES_DISPUTED);
  }

  @Test
  void shouldMeasureByTruthThatCameLate() throws Exception {
    weighBy(2, Weighting.ACCURACY, Map.of());
    topology.say("a", "good", 0.1, 0.9);
    topology.say("a", "poor", 0.9, 0.1);
    topology.advance(WAIT.plusMillis(50));
    topology.tell("a", "noun.plant");
    topology.tell("b", "noun.plant");
    topology.say("b", "good", 0.1, 0.9);
    topology.say("b", "poor", 0.9, 0.1);

    List<TrainingExample> examples = topology.allExamples();
    assertThat(weights(examples.get(0))).containsExactly(null, null);
    // ln(16/5) to ln(15/6).
    assertThat(weights(examples.get(2)).get(0)).isCloseTo(0.559, within(1e-3));
  }

  @ParameterizedTest
  @EnumSource
  void shouldGiveASingleTeacherNoWeight(Weighting weighting) throws Exception {
    weighBy(1, weighting, Map.of("minilm", 0.0));
    topology.tell("a", "noun.plant");
    topology.say("a", "minilm", 0.1, 0.9);

    TrainingExample example = topology.onlyExample();
    assertThat(weights(example)).containsExactly((Double) null);
    assertThat(example.getDisagreement()).isNull();
  }

  @Test
  void shouldMeasureNothingByATruthThatIsNoLabel() throws Exception {
    weighBy(2, Weighting.ACCURACY, Map.of());
    topology.tell("a", "noun.unheard-of");
    topology.say("a", "good", 0.1, 0.9);
    topology.say("a", "poor", 0.9, 0.1);

    assertThat(topology.onlyExample().getGroundTruth()).isEqualTo("noun.unheard-of");
    assertThat(topology.driver.<String, Tally>getKeyValueStore(JoinerTopology.ACCURACY).all())
        .toIterable()
        .isEmpty();
  }
}
