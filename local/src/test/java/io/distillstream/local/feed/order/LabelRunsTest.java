package io.distillstream.local.feed.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.text.LabelledText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LabelRunsTest {

  private final List<String> told = new ArrayList<>();

  @Test
  void shouldTellOfAFileInLabelOrderAsSoonAsItIsPlain() {
    LabelRuns runs = watch(10_000, i -> "label-" + i / 130);
    for (int i = 0; i < 1_000; i++) {
      runs.next();
    }

    assertThat(told)
        .containsExactly(
            "labels come in runs: mean run 125 texts of 8 labels in the first 1,000; mix them");
    runs.forEachRemaining(text -> {});
    assertThat(told).hasSize(1);
  }

  @Test
  void shouldTellOfTwoLabelsOneAfterTheOther() {
    pass(20_000, i -> i < 10_000 ? "no" : "yes");

    assertThat(told).hasSize(1);
  }

  @Test
  void shouldTellOfBursts() {
    Random random = new Random(3);
    int[] current = {0};
    pass(
        2_000,
        i -> {
          if (random.nextInt(20) == 0) {
            current[0] = random.nextInt(24);
          }
          return "label-" + current[0];
        });

    assertThat(told).hasSize(1);
  }

  @Test
  void shouldSayNothingOfRandomOrder() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      pass(4_000, i -> "label-" + random.nextInt(2 + i % 30));
      // One label that is much more frequent than the other has long runs in any order.
      pass(4_000, i -> random.nextInt(50) == 0 ? "rare" : "frequent");
    }

    assertThat(told).isEmpty();
  }

  @Test
  void shouldSayNothingOfOneLabelOfNoneAndOfFewTexts() {
    pass(5_000, i -> "only");
    pass(5_000, i -> "");
    pass(99, i -> i < 50 ? "no" : "yes");

    assertThat(told).isEmpty();
  }

  @Test
  void shouldNotCountTextsWithoutALabel() {
    pass(2_000, i -> i % 2 == 0 ? "" : i < 1_000 ? "no" : "yes");

    assertThat(told)
        .containsExactly(
            "labels come in runs: mean run 500 texts of 2 labels in the first 1,000; mix them");
  }

  private void pass(int texts, IntFunction<String> label) {
    watch(texts, label).forEachRemaining(text -> {});
  }

  /** A blank label is none. */
  private LabelRuns watch(int texts, IntFunction<String> label) {
    return new LabelRuns(
        IntStream.range(0, texts)
            .mapToObj(
                i ->
                    new LabelledText(
                        "a text",
                        Optional.of(label.apply(i)).filter(name -> !name.isEmpty()),
                        Optional.empty(),
                        i + 1))
            .iterator(),
        "mix them",
        told::add);
  }
}
