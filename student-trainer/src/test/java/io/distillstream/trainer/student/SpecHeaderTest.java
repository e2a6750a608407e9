package io.distillstream.trainer.student;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpecHeaderTest {
  /** As the first release wrote it. */
  private static final Map<String, String> FIRST_FORM =
      Map.of(
          "spec.vocabulary_size", "30522",
          "spec.width", "128",
          "spec.blocks", "2",
          "spec.heads", "4",
          "spec.feed_forward", "256",
          "spec.classes", "24",
          "spec.max_tokens", "64",
          "spec.positions", "false");

  @Test
  void shouldReadTheFirstForm() {
    assertThat(StudentSpec.read(FIRST_FORM)).isEqualTo(TransformerSpec.standard(30_522, 24));
  }

  @Test
  void shouldReadBackUnequalBlocks() {
    assertThat(StudentSpec.read(SmallStudents.UNEQUAL.header())).isEqualTo(SmallStudents.UNEQUAL);
  }

  @Test
  void shouldReadBackABagOfNgrams() {
    NgramSpec spec = new NgramSpec(60, 16, 500, 3, 12);
    assertThat(StudentSpec.read(spec.header())).isEqualTo(spec);
  }

  @Test
  void shouldReadBackACausalStudent() {
    CausalTransformerSpec spec =
        new CausalTransformerSpec(
            60, 16, 8, List.of(new BlockShape(1, 7), new BlockShape(3, 24)), 12);
    assertThat(StudentSpec.read(spec.header())).isEqualTo(spec);
  }

  @Test
  void shouldReadBackAStudentWithoutBlocks() {
    TransformerSpec spec = new TransformerSpec(60, 16, 8, List.of(), 3, 12, false);
    assertThat(StudentSpec.read(spec.header())).isEqualTo(spec);
  }

  @Test
  void shouldRefuseWhatItDoesNotUnderstand() {
    Map<String, String> other = new HashMap<>(FIRST_FORM);
    other.put("spec.family", "perceptron");
    assertThatThrownBy(() -> StudentSpec.read(other)).hasMessageContaining("perceptron");

    Map<String, String> odd = new HashMap<>(FIRST_FORM);
    odd.put("spec.heads", "4,4,4");
    assertThatThrownBy(() -> StudentSpec.read(odd)).hasMessageContaining("3 numbers for 2 blocks");
  }
}
