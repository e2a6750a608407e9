package io.distillstream.trainer.student;

/**
 * First weights whose word vectors are the teacher's, reduced to the student's width by principal
 * components; all else as in {@link RandomStart}.
 *
 * <p>The reduced table is scaled as a whole, so that the root mean square of its values is {@link
 * RandomStart#EMBEDDING_DEVIATION}; the components keep their proportions.
 */
public final class TeacherStart {
  private TeacherStart() {}

  /**
   * The weights of {@code spec} for a seed.
   *
   * @throws IllegalArgumentException if the table has another vocabulary than the student, or is
   *     narrower
   */
  public static StudentWeights weights(TextSpec spec, long seed, TeacherWordTable table) {
    if (table.rows() != spec.vocabularySize()) {
      throw new IllegalArgumentException(
          "the teacher's table has %d word pieces, the student's vocabulary %d"
              .formatted(table.rows(), spec.vocabularySize()));
    }
    float[] reduced = PrincipalComponents.of(table, spec.width()).project(table);
    scale(reduced);
    StudentWeights random = RandomStart.weights(spec, seed);
    return new StudentWeights(
        spec,
        parameter ->
            parameter.name().equals(TextSpec.EMBEDDING)
                ? new Tensor(parameter.shape(), reduced)
                : random.get(parameter.name()));
  }

  private static void scale(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    if (squares == 0) {
      throw new IllegalArgumentException("the teacher's word vectors are all the same");
    }
    double factor = RandomStart.EMBEDDING_DEVIATION / Math.sqrt(squares / values.length);
    for (int i = 0; i < values.length; i++) {
      values[i] *= (float) factor;
    }
  }
}
