package io.distillstream.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.LossParts;
import io.distillstream.trainer.batch.RowScore;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.StepResult;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PrequentialWindowTest {
  private final PrequentialWindow window = new PrequentialWindow(100);

  @Test
  void shouldSayNothingWhileItIsEmpty() {
    assertThat(window.score()).isEqualTo(BatchScore.NONE);
    assertThat(window.meanLoss().total()).isNaN();
  }

  @Test
  void shouldHoldWholeBatchesOfAtLeastItsLength() {
    for (int i = 0; i < 10; i++) {
      window.add(result(32, 32, 1));
    }

    assertThat(window.score().records()).isEqualTo(128);
  }

  @Test
  void shouldForgetWhatIsOlder() {
    for (int i = 0; i < 10; i++) {
      window.add(result(32, 0, 5));
    }
    for (int i = 0; i < 4; i++) {
      window.add(result(32, 32, 1));
    }

    assertThat(window.score().agreement()).isEqualTo(1);
    assertThat(window.meanLoss().total()).isEqualTo(1);
  }

  @Test
  void shouldWeighBatchesByTheirRecords() {
    window.add(result(30, 30, 1));
    window.add(result(10, 0, 5));

    assertThat(window.score().agreement()).isEqualTo(0.75);
    assertThat(window.meanLoss().total()).isCloseTo(2, within(1e-12));
  }

  private static StepResult result(int records, int agreeing, double loss) {
    List<RowScore> rows =
        IntStream.range(0, records)
            .mapToObj(i -> new RowScore(i < agreeing ? 0 : 1, 0.5, 0, 1, TrainingBatch.UNKNOWN))
            .toList();
    return new StepResult(rows, List.of(), new LossParts(loss, Map.of()), 0, 1);
  }
}
