package io.distillstream.trainer.start;

import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.parameter.InitialDeviation;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;

/**
 * First weights whose word vectors are the teacher's, reduced to the student's width by principal
 * components; all else as in {@link RandomStart}.
 *
 * <p>The reduced table is scaled as a whole, so that the root mean square of its values is {@link
 * InitialDeviation#WORD_VECTOR}; the components keep their proportions. A student wider than the
 * teacher's table has random values in the columns beyond it.
 */
public final class TeacherStart {
  private TeacherStart() {}

  /**
   * The weights of {@code spec} for a seed.
   *
   * @throws IllegalArgumentException if the table has another vocabulary than the student, or the
   *     student's words share rows
   */
  public static StudentWeights weights(StudentSpec spec, long seed, TeacherWordTable table) {
    if (table.rows() != spec.vocabularySize()) {
      throw new IllegalArgumentException(
          "the teacher's table has %d word pieces, the student's vocabulary %d"
              .formatted(table.rows(), spec.vocabularySize()));
    }
    if (spec.tableRows().shared()) {
      throw new IllegalArgumentException(
          "a first table has a row for every word piece, got " + spec.tableRows());
    }
    int components = Math.min(spec.width(), table.width());
    float[] reduced = PrincipalComponents.of(table, components).project(table);
    scale(reduced);
    StudentWeights random = RandomStart.weights(spec, seed);
    return new StudentWeights(
        spec,
        parameter -> {
          FloatTensor start = random.get(parameter.name());
          return parameter.name().equals(StudentSpec.EMBEDDING)
              ? withColumns(start, reduced, components)
              : start;
        });
  }

  /** The table with its first rows and columns replaced; {@code values} is row-major. */
  private static FloatTensor withColumns(FloatTensor table, float[] values, int columns) {
    float[] replaced = table.values().clone();
    int width = table.shape()[1];
    for (int row = 0; row < values.length / columns; row++) {
      System.arraycopy(values, row * columns, replaced, row * width, columns);
    }
    return new FloatTensor(table.shape(), replaced);
  }

  private static void scale(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    if (squares == 0) {
      throw new IllegalArgumentException("the teacher's word vectors are all the same");
    }
    double factor = InitialDeviation.WORD_VECTOR / Math.sqrt(squares / values.length);
    for (int i = 0; i < values.length; i++) {
      values[i] *= (float) factor;
    }
  }
}
