package io.distillstream.trainer.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.trainer.parameter.InitialDeviation;
import io.distillstream.trainer.student.NgramSpec;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import io.distillstream.trainer.student.TransformerSpec;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PrincipalComponentsTest {

  /**
   * From NumPy:
   *
   * <pre>
   * X = np.array([[2., 0, 1], [0, 1, 0], [-1, 3, 2], [4, -2, 0]]); X -= X.mean(0)
   * w, V = np.linalg.eigh(X.T @ X / 4); V = V[:, ::-1][:, :2]
   * V *= np.sign(V[np.abs(V).argmax(0), range(2)]); X @ V
   * </pre>
   */
  @Test
  void shouldEqualTheGoldenValues() {
    TeacherWordTable table =
        new TeacherWordTable(4, 3, new float[] {2, 0, 1, 0, 1, 0, -1, 3, 2, 4, -2, 0});
    assertThat(PrincipalComponents.of(table, 2).project(table))
        .containsExactly(
            new float[] {
              0.8121074f,
              0.4609994f,
              -1.0568343f,
              -1.1216341f,
              -3.5450544f,
              0.5539897f,
              3.7897813f,
              0.1066450f
            },
            within(1e-6f));
  }

  @Test
  void shouldKeepTheDistancesOfAFlatTable() {
    // Rows in a 3-dimensional subspace of 10 dimensions: three components lose nothing.
    SplittableRandom random = new SplittableRandom(3);
    float[] basis = gaussian(random, 30);
    float[] values = new float[50 * 10];
    for (int row = 0; row < 50; row++) {
      for (int i = 0; i < 3; i++) {
        float weight = (float) random.nextGaussian();
        for (int j = 0; j < 10; j++) {
          values[row * 10 + j] += weight * basis[i * 10 + j];
        }
      }
    }
    TeacherWordTable table = new TeacherWordTable(50, 10, values);
    float[] projected = PrincipalComponents.of(table, 3).project(table);
    for (int row = 1; row < 50; row++) {
      assertThat(distance(projected, 3, row)).isCloseTo(distance(values, 10, row), within(1e-4));
    }
  }

  @Test
  void shouldRefuseMoreComponentsThanColumns() {
    TeacherWordTable table = new TeacherWordTable(2, 2, new float[] {1, 2, 3, 4});
    assertThatThrownBy(() -> PrincipalComponents.of(table, 3))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldFillWhatIsWiderThanTheTeacherAtRandom() {
    TransformerSpec spec = TransformerSpec.uniform(40, 8, 1, 2, 8, 3, 6, false);
    TeacherWordTable table = new TeacherWordTable(40, 5, gaussian(new SplittableRandom(4), 200));
    float[] start = TeacherStart.weights(spec, 5, table).get(StudentSpec.EMBEDDING).values();
    float[] random = RandomStart.weights(spec, 5).get(StudentSpec.EMBEDDING).values();
    for (int i = 0; i < start.length; i++) {
      assertThat(start[i] == random[i]).as("value %d", i).isEqualTo(i % 8 >= 5);
    }
  }

  @Test
  void shouldLeaveTheRowsOfPairsAtZero() {
    NgramSpec spec = new NgramSpec(40, 4, 10, 3, 6);
    TeacherWordTable table = new TeacherWordTable(40, 5, gaussian(new SplittableRandom(4), 200));
    float[] start = TeacherStart.weights(spec, 5, table).get(StudentSpec.EMBEDDING).values();
    assertThat(Arrays.copyOfRange(start, 0, 160)).doesNotContain(0);
    assertThat(Arrays.copyOfRange(start, 160, 200)).containsOnly(0);
  }

  @Test
  void shouldGiveTheTeachersVectorsTheScaleOfRandomOnes() {
    TransformerSpec spec = TransformerSpec.uniform(40, 4, 1, 2, 8, 3, 6, false);
    TeacherWordTable table = new TeacherWordTable(40, 9, gaussian(new SplittableRandom(4), 360));
    StudentWeights start = TeacherStart.weights(spec, 5, table);
    double squares = 0;
    for (float value : start.get(StudentSpec.EMBEDDING).values()) {
      squares += value * value;
    }
    assertThat(Math.sqrt(squares / 160)).isCloseTo(InitialDeviation.WORD_VECTOR, within(1e-6));
    assertThat(start.get("classifier.weight"))
        .isEqualTo(RandomStart.weights(spec, 5).get("classifier.weight"));
  }

  private static float[] gaussian(SplittableRandom random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** From row 0. */
  private static double distance(float[] values, int width, int row) {
    double squares = 0;
    for (int j = 0; j < width; j++) {
      double difference = values[row * width + j] - values[j];
      squares += difference * difference;
    }
    return Math.sqrt(squares);
  }
}
