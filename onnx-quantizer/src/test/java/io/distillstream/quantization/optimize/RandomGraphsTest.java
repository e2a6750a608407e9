package io.distillstream.quantization.optimize;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.onnx.OnnxModel;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Random chains of everything that the passes look for, with values also used elsewhere. */
class RandomGraphsTest {

  @RepeatedTest(150)
  void shouldComputeTheSameWithFewerNodes(RepetitionInfo repetition) {
    OnnxModel model = RandomGraph.of(repetition.getCurrentRepetition());

    Optimization optimization = Graphs.optimized(model);

    assertThat(optimization.nodesAfter()).isLessThanOrEqualTo(optimization.nodesBefore());
    assertThat(optimization.model().outputs()).isEqualTo(model.outputs());
    Graphs.assertSame(model, optimization.model());
    assertThat(Graphs.optimized(optimization.model()).applied()).isEmpty();
  }
}
