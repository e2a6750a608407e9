package io.distillstream.trainer.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ListExampleSourceTest {

  @Test
  void shouldHoldOutTrafficAndNoHardExample() throws Exception {
    HeldOutRule rule = new HeldOutRule(20);
    Example learned = MadeUpExamples.example(26);
    Example heldOut = MadeUpExamples.example(27);
    Example hard = MadeUpExamples.augmented(heldOut);
    try (ExampleSource source = ExampleSource.of(List.of(learned, heldOut, hard), rule)) {
      source.seek(Map.of());

      assertThat(source.poll(Duration.ZERO)).isEqualTo(new Arrival.Usable(0, 0, learned));
      assertThat(source.poll(Duration.ZERO))
          .isInstanceOfSatisfying(
              Arrival.HeldOut.class, kept -> assertThat(kept.example()).isEqualTo(heldOut));
      assertThat(source.poll(Duration.ZERO)).isEqualTo(new Arrival.Usable(0, 2, hard));
    }
  }
}
