package io.distillstream.trainer.start;

import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/**
 * The directions in which the rows of a table vary most.
 *
 * <p>Eigenvectors of the covariance of the rows, every row weighing the same, in falling order of
 * variance. Each one's component of largest magnitude is positive, so that the result is
 * reproducible.
 */
final class PrincipalComponents {
  private final int width;
  private final double[] mean;

  /** {@code [count][width]}. */
  private final double[][] directions;

  private PrincipalComponents(int width, double[] mean, double[][] directions) {
    this.width = width;
    this.mean = mean;
    this.directions = directions;
  }

  /**
   * The first {@code count} of them.
   *
   * @throws IllegalArgumentException if the table is narrower than {@code count}
   */
  static PrincipalComponents of(TeacherWordTable table, int count) {
    int width = table.width();
    if (count > width) {
      throw new IllegalArgumentException(
          "a table of width %d has no %d principal components".formatted(width, count));
    }
    double[] mean = mean(table);
    EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(width, true, true);
    if (!eigen.decompose(covariance(table, mean))) {
      throw new IllegalStateException("the covariance of the word table has no decomposition");
    }
    Integer[] order = new Integer[width];
    Arrays.setAll(order, i -> i);
    Arrays.sort(
        order, (a, b) -> Double.compare(eigen.getEigenvalue(b).real, eigen.getEigenvalue(a).real));
    double[][] directions = new double[count][];
    for (int i = 0; i < count; i++) {
      directions[i] = oriented(eigen.getEigenVector(order[i]).data);
    }
    return new PrincipalComponents(width, mean, directions);
  }

  /** Coordinates of every row, {@code [rows, count]}. */
  float[] project(TeacherWordTable table) {
    int count = directions.length;
    float[] projected = new float[Math.multiplyExact(table.rows(), count)];
    double[] centered = new double[width];
    for (int row = 0; row < table.rows(); row++) {
      center(table, row, mean, centered);
      for (int i = 0; i < count; i++) {
        double[] direction = directions[i];
        double sum = 0;
        for (int j = 0; j < width; j++) {
          sum += centered[j] * direction[j];
        }
        projected[row * count + i] = (float) sum;
      }
    }
    return projected;
  }

  private static double[] mean(TeacherWordTable table) {
    double[] mean = new double[table.width()];
    for (int i = 0; i < table.values().length; i++) {
      mean[i % mean.length] += table.values()[i];
    }
    for (int j = 0; j < mean.length; j++) {
      mean[j] /= table.rows();
    }
    return mean;
  }

  private static DMatrixRMaj covariance(TeacherWordTable table, double[] mean) {
    int width = table.width();
    double[] sums = new double[width * width];
    double[] centered = new double[width];
    for (int row = 0; row < table.rows(); row++) {
      center(table, row, mean, centered);
      for (int i = 0; i < width; i++) {
        double factor = centered[i];
        int offset = i * width;
        for (int j = 0; j <= i; j++) {
          sums[offset + j] += factor * centered[j];
        }
      }
    }
    DMatrixRMaj covariance = new DMatrixRMaj(width, width);
    for (int i = 0; i < width; i++) {
      for (int j = 0; j <= i; j++) {
        double value = sums[i * width + j] / table.rows();
        covariance.set(i, j, value);
        covariance.set(j, i, value);
      }
    }
    return covariance;
  }

  private static void center(TeacherWordTable table, int row, double[] mean, double[] centered) {
    for (int j = 0; j < centered.length; j++) {
      centered[j] = table.values()[row * centered.length + j] - mean[j];
    }
  }

  private static double[] oriented(double[] direction) {
    double largest = 0;
    for (double value : direction) {
      largest = Math.abs(value) > Math.abs(largest) ? value : largest;
    }
    double[] oriented = new double[direction.length];
    for (int i = 0; i < oriented.length; i++) {
      oriented[i] = largest < 0 ? -direction[i] : direction[i];
    }
    return oriented;
  }
}
