package io.distillstream.wire.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class TeacherConsensusTest {

  @Test
  void shouldKeepASingleTeachersLogits() {
    float[] logits = {1, -2, 0.5f};

    assertThat(TeacherConsensus.of(List.of(logits))).isSameAs(logits);
  }

  @Test
  void shouldBeTheGeometricMeanAtEveryTemperature() {
    float[] first = {3, 0, -1};
    float[] second = {-1, 2, 0};
    float[] consensus = TeacherConsensus.of(List.of(first, second));

    for (double temperature : new double[] {1, 2, 8}) {
      double[] p = softmax(first, temperature);
      double[] q = softmax(second, temperature);
      double[] geometric = new double[p.length];
      double sum = 0;
      for (int c = 0; c < p.length; c++) {
        geometric[c] = Math.sqrt(p[c] * q[c]);
        sum += geometric[c];
      }
      double[] actual = softmax(consensus, temperature);
      for (int c = 0; c < p.length; c++) {
        assertThat(actual[c]).isCloseTo(geometric[c] / sum, within(1e-9));
      }
    }
  }

  private static double[] softmax(float[] logits, double temperature) {
    double[] p = new double[logits.length];
    double sum = 0;
    for (int c = 0; c < p.length; c++) {
      p[c] = Math.exp(logits[c] / temperature);
      sum += p[c];
    }
    for (int c = 0; c < p.length; c++) {
      p[c] /= sum;
    }
    return p;
  }
}
