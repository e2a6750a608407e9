package io.distillstream.trainer.prune.units;

import io.distillstream.trainer.parameter.TableRows;
import io.distillstream.trainer.prune.PruningMemory;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Decides which rows of the word table go, and whose rows their words have from then on.
 *
 * <p>A row's importance is the sum of its weights'. Rows that no text has used since measuring
 * began have none, so their magnitude decides, as it does between weights. The words of a row that
 * goes share the {@link NearestRows nearest} row that stays: the change to the network's input is
 * the smallest that there is, and for a word that was never trained the neighbour knows more than
 * its own vector did.
 */
public final class RowPruning {
  private final StudentSpec spec;
  private final TableRows rows;

  public RowPruning(StudentSpec spec) {
    this.spec = spec;
    this.rows = spec.tableRows();
  }

  /** Share of the table's rows that are gone. */
  public double removed() {
    return 1 - (double) rows.count() / rows.entries();
  }

  /** Whether a row has to go until {@code share} of them are gone. */
  public boolean isDue(double share) {
    return left(share) > 0;
  }

  /** Rows that are still to go; as the share is below 1, one at least stays. */
  private int left(double share) {
    return (int) (share * rows.entries()) - (rows.entries() - rows.count());
  }

  /** Chooses the least important rows. */
  public Shrinking choose(StudentWeights weights, PruningMemory memory, double share) {
    float[][] vectors = weights.get(StudentSpec.EMBEDDING).rows();
    boolean[] goes = new boolean[vectors.length];
    rank(vectors, weights, memory).limit(left(share)).forEach(row -> goes[row] = true);
    int[] going = IntStream.range(0, goes.length).filter(row -> goes[row]).toArray();
    int[] staying = IntStream.range(0, goes.length).filter(row -> !goes[row]).toArray();
    int[] nearest = NearestRows.of(vectors, going, staying);
    int[] heirs = IntStream.range(0, goes.length).toArray();
    for (int i = 0; i < going.length; i++) {
      heirs[going[i]] = nearest[i];
    }
    return Shrinking.ofRows(spec, staying, rows.leaving(heirs));
  }

  private record Ranked(int row, double importance, double magnitude) {}

  /** The least important first; equals by magnitude, then by place. */
  private static IntStream rank(float[][] vectors, StudentWeights weights, PruningMemory memory) {
    double[] sums = new double[vectors.length];
    UnitImportance.of(StudentSpec.EMBEDDING, weights, memory).addRows(sums, vectors[0].length);
    List<Ranked> ranked = new ArrayList<>();
    for (int row = 0; row < sums.length; row++) {
      ranked.add(new Ranked(row, sums[row], magnitude(vectors[row])));
    }
    ranked.sort(
        Comparator.comparingDouble(Ranked::importance).thenComparingDouble(Ranked::magnitude));
    return ranked.stream().mapToInt(Ranked::row);
  }

  private static double magnitude(float[] vector) {
    double sum = 0;
    for (float value : vector) {
      sum += Math.abs(value);
    }
    return sum;
  }
}
