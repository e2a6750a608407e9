package io.distillstream.trainer.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.trainer.state.AdamW.Values;
import org.junit.jupiter.api.Test;

class AdamWTest {

  /**
   * From NumPy, three steps at lr 0.01, decay 0.1, gradients halved:
   *
   * <pre>
   * g = g * .5; m = .9*m + .1*g; v = .999*v + .001*g*g
   * w = w - .01*.1*w - .01*(m/(1-.9**t)) / (np.sqrt(v/(1-.999**t)) + 1e-8)
   * </pre>
   */
  @Test
  void shouldEqualTheGoldenValues() {
    float[] weights = {0.5f, -0.25f, 1};
    Values values = new Values(weights, new float[3], new float[3]);
    float[][] gradients = {{0.1f, -0.2f, 0}, {0.3f, 0.1f, -0.4f}, {-0.2f, 0, 0.5f}};
    for (int step = 1; step <= 3; step++) {
      new AdamW(step, 0.01, 0.5).update(values, values, gradients[step - 1], 0, 0.1);
    }
    assertThat(weights)
        .containsExactly(new float[] {0.4767738f, -0.2345512f, 1.00304f}, within(1e-6f));
    assertThat(values.first())
        .containsExactly(new float[] {0.00755f, -0.0036f, 0.007f}, within(1e-8f));
    assertThat(values.second())
        .containsExactly(new float[] {3.49725e-05f, 1.247751e-05f, 1.0246e-04f}, within(1e-10f));
  }

  @Test
  void shouldWriteElsewhereWhatItWritesInPlace() {
    Values from = new Values(new float[] {1, 2}, new float[] {.1f, .2f}, new float[] {.3f, .4f});
    Values to = new Values(new float[2], new float[2], new float[2]);
    AdamW adam = new AdamW(7, 0.1, 0.5);
    adam.update(from, to, new float[] {9, -1, 1}, 1, 0.01);
    assertThat(from.weights()).containsExactly(1, 2);
    assertThat(from.first()).containsExactly(.1f, .2f);
    assertThat(from.second()).containsExactly(.3f, .4f);
    adam.update(from, from, new float[] {9, -1, 1}, 1, 0.01);
    assertThat(to.weights()).containsExactly(from.weights());
    assertThat(to.first()).containsExactly(from.first());
    assertThat(to.second()).containsExactly(from.second());
  }
}
