package io.distillstream.trainer.export;

import static io.distillstream.trainer.student.SmallStudents.SMALL;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.trainer.batch.StratifiedScore;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.memory.MemoryState;
import io.distillstream.trainer.start.RandomStart;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.SmallStudents;
import io.distillstream.trainer.student.StudentWeights;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PublishedWeightsTest {
  private static final StudentWeights ONE = RandomStart.weights(SMALL, 1);

  private final StudentEngine engine = DjlStudentEngine.from(StudentState.fresh(ONE, 1));
  private final TrainingBatch batch = SmallStudents.batch(SMALL, 40, 1);
  private final MemoryState heldOut = SmallStudents.memory(batch);

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void shouldGiveDevicesTheNewestWeightsWhereTheyAnswerBetter() {
    Pair pair = pair((kl, agreement) -> kl < 0 && agreement > 0);

    PublishedWeights published = PublishedWeights.of(pair.state(), heldOut, engine);

    assertThat(published.student().weights()).isEqualTo(pair.newest());
    assertThat(published.student().average()).isEmpty();
    assertThat(published.score()).isEqualTo(score(pair.newest()));
    assertThat(published.newest()).isEqualTo(StratifiedScore.NONE);
  }

  @Test
  void shouldGiveDevicesTheAverageWhereTheNewestWeightsAreWorseInAnything() {
    for (BiPredicate<Double, Double> worse :
        List.<BiPredicate<Double, Double>>of(
            (kl, agreement) -> kl > 0 && agreement < 0,
            (kl, agreement) -> kl < 0 && agreement < 0,
            (kl, agreement) -> kl > 0 && agreement > 0)) {
      Pair pair = pair(worse);

      PublishedWeights published = PublishedWeights.of(pair.state(), heldOut, engine);

      assertThat(published.student().weights()).isEqualTo(pair.average());
      assertThat(published.score()).isEqualTo(score(pair.average()));
      assertThat(published.newest()).isEqualTo(score(pair.newest()));
      assertThat(engine.logits(batch.inputs())).isDeepEqualTo(logits(pair.average()));
    }
  }

  @Test
  void shouldGiveDevicesTheAverageWhereNothingIsHeldOut() {
    Pair pair = pair((kl, agreement) -> kl < 0 && agreement > 0);

    assertThat(PublishedWeights.of(pair.state(), MemoryState.NONE, engine))
        .isEqualTo(
            new PublishedWeights(
                pair.state().asDeployed(), StratifiedScore.NONE, StratifiedScore.NONE));
  }

  private record Pair(StudentWeights newest, StudentWeights average) {
    StudentState state() {
      return StudentState.fresh(newest, 1).withAverage(Optional.of(average));
    }
  }

  /** Two students; KL and agreement of the newest less those of the average are as wanted. */
  private Pair pair(BiPredicate<Double, Double> wanted) {
    List<StudentWeights> students =
        IntStream.range(1, 30).mapToObj(seed -> RandomStart.weights(SMALL, seed)).toList();
    List<StratifiedScore> scores = students.stream().map(this::score).toList();
    for (int i = 0; i < students.size(); i++) {
      for (int j = 0; j < students.size(); j++) {
        if (wanted.test(
            scores.get(i).meanKl() - scores.get(j).meanKl(),
            scores.get(i).agreement() - scores.get(j).agreement())) {
          return new Pair(students.get(i), students.get(j));
        }
      }
    }
    throw new AssertionError("no such pair");
  }

  private StratifiedScore score(StudentWeights weights) {
    try (StudentEngine own = DjlStudentEngine.from(StudentState.fresh(weights, 1))) {
      return HeldOutScorer.score(own, heldOut);
    }
  }

  private float[][] logits(StudentWeights weights) {
    try (StudentEngine own = DjlStudentEngine.from(StudentState.fresh(weights, 1))) {
      return own.logits(batch.inputs());
    }
  }
}
