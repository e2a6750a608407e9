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
    judge(600, second -> (800 + second) * MIB, second -> 200);
    assertThat(evidence.of(Promise.MEMORY_FLAT)).singleElement().asString().contains("trainer");
    assertThat(evidence.count(Promise.HANDLES_FLAT)).isZero();
  }

  @Test
  void shouldTellOfMemoryThatGrowsInAShortLife() {
    judge(160, second -> 40 * second * MIB, second -> 200);
    assertThat(evidence.count(Promise.MEMORY_FLAT)).isOne();
  }

  @Test
  void shouldTellOfHandlesThatGrow() {
    judge(600, second -> 300 * MIB, second -> 200 + second);
    assertThat(evidence.count(Promise.HANDLES_FLAT)).isOne();
  }

  @Test
  void shouldNotJudgeAProcessThatWasKilledEarly() {
    assertThat(judge(140, second -> (300 + 10 * second) * MIB, second -> second)).isEmpty();
    assertThat(evidence.notJudged(Promise.MEMORY_FLAT)).isPresent();
    assertThat(evidence.isEmpty()).isFalse();
  }

  @Test
  void shouldNotTolerateGrowthForTheHeap() {
    // A quarter of what is outside of the trainer's heap of 768 MiB, and not of all.
    judge(600, second -> (868 + second / 4) * MIB, second -> 200);
    assertThat(evidence.count(Promise.MEMORY_FLAT)).isOne();
  }

  @Test
  void shouldNotJudgeAProcessThatWasNotSeenAfterItsWarmUp() {
    Life life = new Life(Stage.TRAINER, 7);
    List<Sample> samples =
        List.of(new Sample(0, 1, 1), new Sample(TimeUnit.SECONDS.toNanos(600), 1, 1));
    assertThat(ResourceAudit.run(Map.of(life, samples), evidence)).isEmpty();
    assertThat(evidence.notJudged(Promise.HANDLES_FLAT)).isPresent();
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
