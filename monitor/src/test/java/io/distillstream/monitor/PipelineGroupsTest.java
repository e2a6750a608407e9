package io.distillstream.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.lag.Lag;
import io.distillstream.lag.LagSample;
import io.distillstream.monitor.view.WatchedStage;
import io.distillstream.wire.Pipeline;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PipelineGroupsTest {

  private final PipelineGroups groups =
      new PipelineGroups(new Pipeline("demo"), "student", Pattern.compile("payments-.*|orders"));

  @Test
  void shouldIncludeThePipelinesOwnGroupsAndThoseNamed() {
    assertThat(groups.includes("demo.teacher")).isTrue();
    assertThat(groups.includes("payments-eu")).isTrue();
    assertThat(groups.includes("orders")).isTrue();
    assertThat(groups.includes("orders-2")).isFalse();
    assertThat(groups.includes("demo2.teacher")).isFalse();
  }

  @Test
  void shouldExpectAGroupOfEveryStageBeforeThereIsAny() {
    assertThat(groups.inputs(Set.of()))
        .containsEntry("demo.teacher", Set.of("demo.requests"))
        .containsEntry("demo.joiner", Set.of("demo.soft-labels", "demo.ground-truth"))
        .containsEntry("demo.trainer.student", Set.of("demo.training-examples"))
        .containsEntry("demo.quantizer.student.", Set.of("demo.checkpoints"))
        .hasSize(4);
  }

  @Test
  void shouldExpectTheQuantizersChannelsThatExist() {
    assertThat(groups.inputs(Set.of("demo.quantizer.student.phones", "demo.quantizer.other.x")))
        .containsKeys("demo.teacher", "demo.quantizer.student.phones")
        .doesNotContainKeys("demo.quantizer.student.", "demo.quantizer.other.x");
  }

  @Test
  void shouldShowTheChannelThatIsFarthestBehind() {
    Lag behind = new Lag(3, 12.0, true, 0);
    LagSample sample =
        new LagSample(
            Instant.EPOCH,
            Duration.ZERO,
            "cluster",
            List.of(),
            List.of(),
            Map.of(
                "demo.trainer.student", new Lag(9, 1.5, true, 0),
                "demo.quantizer.student.phones", behind,
                "demo.quantizer.student.stable", new Lag(1, 20.0, true, 0)));

    assertThat(groups.stages(sample))
        .containsEntry(WatchedStage.QUANTIZER, behind)
        .containsEntry(WatchedStage.TRAINER, new Lag(9, 1.5, true, 0))
        .hasSize(2);
  }
}
