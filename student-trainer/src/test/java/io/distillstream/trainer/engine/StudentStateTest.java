package io.distillstream.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.trainer.engine.StudentState.Progress;
import io.distillstream.trainer.student.RandomStart;
import io.distillstream.trainer.student.Tensor;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StudentStateTest {
  private static final StudentState STATE =
      new StudentState(
          RandomStart.weights(Examples.SMALL, 1),
          RandomStart.weights(Examples.SMALL, 2),
          RandomStart.weights(Examples.SMALL, 3),
          new Progress(-5, 17, 530, 0.1 + 0.2));

  @Test
  void shouldComeBackFromTensorsAndHeader() {
    Map<String, String> header = new HashMap<>(STATE.header());
    header.put("somebody", "else's");
    assertThat(StudentState.from(STATE.tensors(), header)).isEqualTo(STATE);
  }

  @Test
  void shouldNameAMissingTensor() {
    Map<String, Tensor> tensors = new HashMap<>(STATE.tensors());
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
    Map<String, Tensor> tensors = new HashMap<>(STATE.tensors());
    tensors.put("weights.norm.scale", Tensor.zeros(15));
    assertThatThrownBy(() -> StudentState.from(tensors, STATE.header()))
        .hasMessageContaining("norm.scale");
  }
}
