package io.distillstream.benchmarks.scenario.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.benchmarks.scenario.order.LabelledSet;
import io.distillstream.benchmarks.student.LabelledCorpus;
import io.distillstream.model.LabelSpace;
import io.distillstream.trainer.examples.Example;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TrialTest {
  private static final int VOCABULARY = LabelledCorpus.bundledTokenizer().vocabulary().size();

  @Test
  void shouldJudgeAStudentEverySoManyRecordsAndGoOnFromItsEnd()
      throws IOException, InterruptedException {
    LabelledSet set =
        new LabelledSet(
            "words",
            new LabelSpace(List.of("a", "b", "c")),
            VOCABULARY,
            examples("traffic", 640),
            examples("held-out", 60));
    Trial trial =
        new Trial(
            Map.of("trainer.held-out.one-in", "10", "quantizer.held-out.min-samples", "20"),
            set,
            128,
            7);
    List<Candidate> seen = new ArrayList<>();
    List<Example> first = set.traffic().subList(0, 480);

    TrainedRun run = trial.run(first, Optional.empty(), seen::add);
    TrainedRun after = trial.run(set.traffic(), Optional.of(run), candidate -> {});

    assertThat(run.candidates()).isEqualTo(seen).hasSize(4);
    assertThat(run.candidates()).extracting(Candidate::trained).startsWith(128L, 256L, 384L);
    Candidate last = run.candidates().get(3);
    long heldOut = last.position() - last.trained();
    assertThat(last.position()).isBetween(480 - 32, 480);
    assertThat(heldOut).isBetween(20L, 80L);
    assertThat(last.answers()).hasSize(60);
    assertThat(after.candidates().get(0).position()).isGreaterThan(last.position());
    assertThat(after.end().lineage().records()).isGreaterThan(last.trained());
  }

  /** Each label has words of its own. */
  private static List<Example> examples(String prefix, int count) {
    SplittableRandom random = new SplittableRandom(count);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int label = i % 3;
      float[] logits = new float[3];
      logits[label] = 4;
      int word = 2_000 + 100 * label;
      examples.add(
          new Example(
              prefix + "-" + i,
              random.ints(8, word, word + 100).toArray(),
              logits,
              label,
              Instant.EPOCH,
              Map.of("teacher", "1")));
    }
    return examples;
  }
}
