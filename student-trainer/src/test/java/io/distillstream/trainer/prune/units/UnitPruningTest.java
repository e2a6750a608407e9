package io.distillstream.trainer.prune.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.prune.Criterion;
import io.distillstream.trainer.prune.PruningMemory;
import io.distillstream.trainer.prune.PruningPlan.Scaling;
import io.distillstream.trainer.student.BlockShape;
import io.distillstream.trainer.student.StudentWeights;
import io.distillstream.trainer.student.TransformerSpec;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UnitPruningTest {
  /** A head costs 2·(3·5 + 4) = 38 parameters, a neuron 9. */
  private static final TransformerSpec SPEC =
      new TransformerSpec(
          10, 4, 2, List.of(new BlockShape(3, 4), new BlockShape(2, 5)), 3, 8, false);

  private static final long ALL = 5 * 38 + 9 * 9;

  /** Importance of each weight, by parameter; 1 where nothing was said. */
  private final Map<String, float[]> importance = new HashMap<>();

  private float[] of(String name) {
    Parameter parameter =
        SPEC.parameters().stream().filter(p -> p.name().equals(name)).findFirst().orElseThrow();
    return importance.computeIfAbsent(
        name,
        n -> {
          float[] ones = new float[parameter.size()];
          Arrays.fill(ones, 1);
          return ones;
        });
  }

  private void head(int block, int head, float value) {
    int inner = 2 * SPEC.blocks().get(block).heads();
    float[] input = of("block" + block + ".attention.input.weight");
    for (int row = 0; row < 4; row++) {
      for (int part = 0; part < 3; part++) {
        Arrays.fill(
            input,
            row * 3 * inner + part * inner + head * 2,
            row * 3 * inner + part * inner + head * 2 + 2,
            value);
      }
    }
    Arrays.fill(of("block" + block + ".attention.output.weight"), head * 8, head * 8 + 8, value);
  }

  private void neuron(int block, int neuron, float value) {
    float[] inner = of("block" + block + ".feedforward.inner.weight");
    for (int row = 0; row < 4; row++) {
      inner[row * SPEC.blocks().get(block).feedForward() + neuron] = value;
    }
    Arrays.fill(
        of("block" + block + ".feedforward.outer.weight"), neuron * 4, neuron * 4 + 4, value);
  }

  private StudentWeights weights() {
    SPEC.parameters().forEach(parameter -> of(parameter.name()));
    return new StudentWeights(SPEC, p -> new FloatTensor(p.shape(), of(p.name())));
  }

  private Shrinking choose(double share) {
    return new UnitPruning(SPEC, ALL, Scaling.NONE).choose(weights(), PruningMemory.NONE, share);
  }

  private static List<BlockShape> blocks(Shrinking shrinking) {
    return ((TransformerSpec) shrinking.spec()).blocks();
  }

  @Test
  void shouldCountTheParametersOfUnits() {
    assertThat(UnitPruning.parameters(SPEC)).isEqualTo(ALL);
    assertThat(new UnitPruning(SPEC, 2 * ALL, Scaling.NONE).removed())
        .isCloseTo(0.5, within(1e-12));
  }

  @Test
  void shouldTakeTheLeastImportantOfAllBlocksAndKinds() {
    head(1, 0, 0.2f);
    neuron(0, 2, 0.1f);
    neuron(1, 4, 0.3f);

    // Room for 38 + 2·9 parameters.
    Shrinking shrinking = choose(57.0 / ALL);

    assertThat(blocks(shrinking)).containsExactly(new BlockShape(3, 3), new BlockShape(1, 4));
    StudentWeights left = shrinking.apply(weights());
    assertThat(left.spec()).isEqualTo(shrinking.spec());
    for (Parameter parameter : left.spec().parameters()) {
      assertThat(left.get(parameter.name()).values()).containsOnly(1);
    }
  }

  @Test
  void shouldWeighAHeadByWhatItSaves() {
    // Its sum is 8 · 0.5 per 9 parameters, a head's 32 per 38.
    neuron(0, 0, 0.5f);
    head(0, 0, 0.4f);

    assertThat(blocks(choose(40.0 / ALL)))
        .containsExactly(new BlockShape(2, 4), new BlockShape(2, 5));
  }

  @Test
  void shouldCompareWithinEachKindWhereAsked() {
    for (int block = 0; block < 2; block++) {
      for (int neuron = 0; neuron < SPEC.blocks().get(block).feedForward(); neuron++) {
        neuron(block, neuron, 0.1f);
      }
    }
    head(1, 1, 0.5f);
    double share = 40.0 / ALL;

    assertThat(blocks(choose(share))).containsExactly(new BlockShape(3, 1), new BlockShape(2, 4));
    assertThat(
            blocks(
                new UnitPruning(SPEC, ALL, Scaling.MATRIX)
                    .choose(weights(), PruningMemory.NONE, share)))
        .containsExactly(new BlockShape(3, 4), new BlockShape(1, 5));
  }

  @Test
  void shouldTakeSmallerOnesWhereTheNextDoesNotFit() {
    head(0, 1, 0);
    neuron(1, 0, 0.5f);

    assertThat(blocks(choose(20.0 / ALL)).get(0).heads()).isEqualTo(3);
    assertThat(blocks(choose(20.0 / ALL)).get(1).feedForward()).isEqualTo(4);
  }

  @Test
  void shouldLeaveOneOfEachKindInEveryBlock() {
    assertThat(blocks(choose(0.999))).containsExactly(new BlockShape(1, 1), new BlockShape(1, 1));
    TransformerSpec least = SPEC.withBlocks(blocks(choose(0.999)));
    assertThat(new UnitPruning(least, ALL, Scaling.NONE).isDue(0.999)).isFalse();
  }

  @Test
  void shouldBeDueOnlyWhereAUnitFits() {
    UnitPruning units = new UnitPruning(SPEC, ALL, Scaling.NONE);
    assertThat(units.isDue(8.0 / ALL)).isFalse();
    assertThat(units.isDue(9.5 / ALL)).isTrue();
  }

  @Test
  void shouldSumScoresAndTakePrunedWeightsForNothing() {
    head(0, 0, 0.9f);
    of("block0.attention.output.weight")[9] = PruningMemory.PRUNED;
    Map<String, FloatTensor> scores = new HashMap<>();
    SPEC.parameters().stream()
        .filter(Parameter::isMatrix)
        .forEach(p -> scores.put(p.name(), new FloatTensor(p.shape(), of(p.name()))));
    PruningMemory memory = new PruningMemory(Criterion.TAYLOR, scores, 0);

    Shrinking shrinking =
        new UnitPruning(SPEC, ALL, Scaling.NONE).choose(weights(), memory, 39.0 / ALL);

    // Head 0 has 28.8, head 1 has 31, the others 32.
    assertThat(blocks(shrinking).get(0).heads()).isEqualTo(2);
    assertThat(shrinking.apply(memory, ALL).scores("block0.attention.output.weight").values())
        .hasSize(16)
        .contains(PruningMemory.PRUNED);
    assertThat(shrinking.apply(memory, ALL).unprunedUnits()).isEqualTo(ALL);
  }
}
