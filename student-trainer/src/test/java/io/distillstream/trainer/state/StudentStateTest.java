package io.distillstream.trainer.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.start.RandomStart;
import io.distillstream.trainer.state.StudentState.Progress;
import io.distillstream.trainer.student.SmallStudents;
import io.distillstream.trainer.student.StudentWeights;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StudentStateTest {
  private static final StudentState STATE =
      new StudentState(
          RandomStart.weights(SmallStudents.SMALL, 1),
          RandomStart.weights(SmallStudents.SMALL, 2),
          RandomStart.weights(SmallStudents.SMALL, 3),
          new Progress(-5, 17, 530, 0.1 + 0.2));

  @Test
  void shouldComeBackFromTensorsAndHeader() {
    Map<String, String> header = new HashMap<>(STATE.header());
    header.put("somebody", "else's");
    assertThat(StudentState.from(STATE.tensors(), header)).isEqualTo(STATE);
  }

  @Test
  void shouldNameAMissingTensor() {
    Map<String, FloatTensor> tensors = new HashMap<>(STATE.tensors());
    tensors.remove("adam.second.norm.scale");
    assertThatThrownBy(() -> StudentState.from(tensors, STATE.header()))
        .hasMessageContaining("adam.second.norm.scale");
  }

  @Test
  void shouldNameAMissingHeaderEntry() {
    Map<String, String> header = new HashMap<>(STATE.header());
    header.remove("spec.heads");
    assertThatThrownBy(() -> StudentState.from(STATE.tensors(), header))
        .hasMessageContaining("spec.heads");
  }

  @Test
  void shouldRefuseATensorOfAnotherShape() {
    Map<String, FloatTensor> tensors = new HashMap<>(STATE.tensors());
    tensors.put("weights.norm.scale", FloatTensor.zeros(15));
    assertThatThrownBy(() -> StudentState.from(tensors, STATE.header()))
        .hasMessageContaining("norm.scale");
  }

  @Test
  void shouldTellTheMeanSquaredGradientOfEachMatrix() {
    // Two steps with gradient 3 on half of the weights: v = (0.999 + 1) · 0.001 · 9 on those.
    StudentState state = trained(2, 0.017991f);

    Map<String, Double> squares = GradientEstimate.squares(state);

    assertThat(squares.keySet())
        .containsExactlyInAnyOrderElementsOf(
            SmallStudents.SMALL.parameters().stream()
                .filter(Parameter::isMatrix)
                .map(Parameter::name)
                .toList())
        .contains("classifier.weight")
        .doesNotContain("classifier.bias");
    assertThat(squares.values())
        .allSatisfy(square -> assertThat(square).isCloseTo(4.5, within(1e-5)));
  }

  @Test
  void shouldKnowNoGradientBeforeTheFirstStep() {
    assertThat(GradientEstimate.squares(trained(0, 0))).isEmpty();
  }

  /** With a second moment on every other weight, and none on those between. */
  private static StudentState trained(long steps, float moment) {
    StudentWeights moments =
        new StudentWeights(
            SmallStudents.SMALL,
            parameter -> {
              float[] values = new float[parameter.size()];
              for (int i = 0; i < values.length; i += 2) {
                values[i] = moment;
              }
              return new FloatTensor(parameter.shape(), values);
            });
    return new StudentState(
        RandomStart.weights(SmallStudents.SMALL, 1),
        StudentWeights.zeros(SmallStudents.SMALL),
        moments,
        new Progress(1, steps, 32 * steps, 1));
  }
}
