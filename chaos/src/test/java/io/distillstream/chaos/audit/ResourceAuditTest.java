package io.distillstream.chaos.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.chaos.process.Stage;
import io.distillstream.chaos.watch.ResourceWatch.Life;
import io.distillstream.chaos.watch.ResourceWatch.Sample;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ResourceAuditTest {
  private static final long MIB = 1L << 20;

  private final Evidence evidence = new Evidence();

  @Test
  void shouldLetAWarmProcessBe() {
    judge(600, second -> Math.min(second, 50) * 10 * MIB, second -> 200);
    assertThat(evidence.isEmpty()).isTrue();
  }

  @Test
  void shouldTellOfMemoryThatGrows() {
    judge(600, second -> (300 + second) * MIB, second -> 200);
    assertThat(evidence.of(Promise.MEMORY_FLAT)).singleElement().asString().contains("trainer");
    assertThat(evidence.count(Promise.HANDLES_FLAT)).isZero();
  }

  @Test
  void shouldTellOfHandlesThatGrow() {
    judge(600, second -> 300 * MIB, second -> 200 + second);
    assertThat(evidence.count(Promise.HANDLES_FLAT)).isOne();
  }

  @Test
  void shouldNotJudgeAProcessThatWasKilledEarly() {
    assertThat(judge(140, second -> (300 + 10 * second) * MIB, second -> second)).isEmpty();
    assertThat(evidence.isEmpty()).isTrue();
  }

  private Map<Stage, ResourceAudit.Held> judge(
      int seconds, LongUnaryOperator rss, LongUnaryOperator handles) {
    List<Sample> samples =
        LongStream.rangeClosed(0, seconds / 5)
            .map(step -> step * 5)
            .mapToObj(
                second ->
                    new Sample(
                        TimeUnit.SECONDS.toNanos(second),
                        rss.applyAsLong(second),
                        handles.applyAsLong(second)))
            .toList();
    return ResourceAudit.run(Map.of(new Life(Stage.TRAINER, 7), samples), evidence);
  }
}
