package io.distillstream.trainer.engine.heap;

import io.distillstream.trainer.engine.Substitution;
import io.distillstream.trainer.engine.Substitution.Choices;
import io.distillstream.trainer.student.StudentSpec;
import java.util.Optional;

/**
 * Finds the one substitution that raises a text's loss most, to first order.
 *
 * <p>A text is the rows r of the table that {@link StudentSpec#row} names, and g is the gradient of
 * its loss by each of their vectors. With r' the rows after a substitution, the loss rises by about
 *
 * <pre>
 * Σᵢ (table[r'ᵢ] - table[rᵢ]) · gᵢ
 * </pre>
 *
 * so one backward pass weighs any number of substitutions. Ebrahimi, Rao, Lowd, Dou, <a
 * href="https://arxiv.org/abs/1712.06751">HotFlip: White-Box Adversarial Examples for Text
 * Classification</a>, 2018, equation 2, and for words section 5. The sum has one term for a
 * transformer, and for a bag of n-grams one more for each pair that the token is in.
 */
public final class SubstitutionSearch {
  private final StudentSpec spec;
  private final HeapStudent student;

  /** Borrows the student. */
  public SubstitutionSearch(StudentSpec spec, HeapStudent student) {
    this.spec = spec;
    this.student = student;
  }

  /**
   * The best substitution, the first of equals; empty where none raises the loss.
   *
   * @param gradients g of many texts, row-major
   * @param first the text's first vector among them
   */
  public Optional<Substitution> best(int[] tokens, float[] gradients, int first, Choices choices) {
    int[] changed = tokens.clone();
    double[] present = new double[spec.vectors(tokens.length)];
    for (int i = 0; i < present.length; i++) {
      present[i] = product(spec.row(tokens, i), gradients, first + i);
    }
    int[][] touched = new int[tokens.length][];
    for (int position : choices.positions()) {
      touched[position] = spec.vectorsOf(tokens.length, position);
    }
    Substitution best = null;
    for (int word : choices.words()) {
      if (!student.hasLearned(spec.tableRows().row(word))) {
        continue;
      }
      for (int position : choices.positions()) {
        changed[position] = word;
        double rise = rise(changed, touched[position], present, gradients, first);
        changed[position] = tokens[position];
        if (rise > (best == null ? 0 : best.rise())) {
          best = new Substitution(position, word, rise);
        }
      }
    }
    return Optional.ofNullable(best);
  }

  private double rise(
      int[] changed, int[] touched, double[] present, float[] gradients, int first) {
    double rise = 0;
    for (int i : touched) {
      rise += product(spec.row(changed, i), gradients, first + i) - present[i];
    }
    return rise;
  }

  private double product(int row, float[] gradients, int vector) {
    float[] weights = student.row(row);
    int offset = vector * weights.length;
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += (double) weights[i] * gradients[offset + i];
    }
    return sum;
  }
}
