package io.distillstream.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which traces a checkpoint is linked to, and that they change nothing else. */
class TracedLoopTest {

  private static final TraceFlags SAMPLED = TraceFlags.getSampled();

  private final MemoryCheckpoints checkpoints = new MemoryCheckpoints();

  @Test
  void shouldNameTheTracesSinceTheCheckpointBefore() throws Exception {
    run(
        checkpoints,
        new ScriptedSource().traced(0, 2, SAMPLED).examples(2, 20).traced(20, 40, SAMPLED));

    assertThat(traces(0)).hasSize(2);
    assertThat(traces(1)).hasSize(20).doesNotContainAnyElementsOf(traces(0));
  }

  @Test
  void shouldNameNoTraceThatIsNotSampled() throws Exception {
    run(checkpoints, new ScriptedSource().traced(0, 20, TraceFlags.getDefault()));

    assertThat(traces(0)).isEmpty();
  }

  @Test
  void shouldBoundTheirNumber() throws Exception {
    new LoopBuilder(checkpoints)
        .batch(100)
        .run(new ScriptedEngine(), new ScriptedSource().traced(0, 100, SAMPLED));

    assertThat(traces(0)).hasSize(TrainedSpan.MOST_TRACES);
  }

  @Test
  void shouldLearnTheSameWithTracesAndWithout() throws Exception {
    MemoryCheckpoints untraced = new MemoryCheckpoints();

    run(checkpoints, new ScriptedSource().traced(0, 40, SAMPLED));
    run(untraced, new ScriptedSource().examples(0, 40));

    assertThat(checkpoints.newest().good().lineage()).isEqualTo(untraced.newest().good().lineage());
  }

  private static void run(MemoryCheckpoints checkpoints, ScriptedSource source) throws Exception {
    new LoopBuilder(checkpoints).run(new ScriptedEngine(), source.withoutQuiet());
  }

  private List<SpanContext> traces(int checkpoint) {
    return checkpoints.written.get(checkpoint).traces();
  }
}
