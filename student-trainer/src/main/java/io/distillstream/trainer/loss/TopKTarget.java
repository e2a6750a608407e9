package io.distillstream.trainer.loss;

import io.distillstream.wire.opinion.LogMath;

/**
 * The k largest logits and the mass of all other classes, the tail, as one.
 *
 * <p>With K the classes named, P and Q the teacher's and the student's mass on K at temperature 1:
 *
 * <pre>
 * P τ² D(teacher | K, student | K at temperature τ)  +  D((P, 1 - P), (Q, 1 - Q))
 * </pre>
 *
 * <p><b>At τ = 1 the forward KL of this form is the KL over k + 1 classes</b>, the tail being one
 * of them: that is the chain rule of the KL. Merging classes is a processing of the data, so it is
 * a lower bound of the KL over all classes (data-processing inequality), equal to it where the
 * student spreads its own tail as the teacher does; the shape of the tail, which was not sent, is
 * left to the student.
 *
 * <p><b>Temperature</b> acts within K only. The tail's mass at another temperature depends on
 * logits that were not sent; any guess of them would pull even a student that equals the teacher.
 * The ratios within K are known at every temperature and the mass of K at temperature 1, so this
 * form vanishes, at every temperature and for every {@link Divergence}, just where the student has
 * the teacher's ratios within K and its mass on K.
 *
 * @param classes all of them, those of the tail included
 * @param indices of K, distinct, {@code [k]}
 * @param logits of K, raw, not rising, {@code [k]}
 * @param tailLogMass log Σ exp(logit) over the tail; minus infinity where k is all classes
 */
@SuppressWarnings("ArrayRecordComponent")
public record TopKTarget(int classes, int[] indices, float[] logits, float tailLogMass)
    implements SoftTarget {

  /** Room for logits that were rounded to binary16 while the tail's mass was not. */
  private static final double TOLERANCE = 0.05;

  /**
   * @throws IllegalArgumentException saying what no k largest logits of so many classes can be
   */
  public TopKTarget {
    int k = indices.length;
    if (classes < 2 || k < 1 || k > classes || logits.length != k) {
      throw new IllegalArgumentException(
          "%d indices and %d logits of %d classes".formatted(k, logits.length, classes));
    }
    DistinctClasses.require(indices, classes);
    for (int i = 0; i < k; i++) {
      if (!Float.isFinite(logits[i]) || (i > 0 && logits[i] > logits[i - 1])) {
        throw new IllegalArgumentException(
            "logit %d is %s; they fall and are finite".formatted(i, logits[i]));
      }
    }
    checkTail(classes - k, logits[k - 1], tailLogMass);
  }

  /** No class of the tail has a larger logit than the last one named. */
  private static void checkTail(int tailClasses, float last, float tailLogMass) {
    if (tailClasses == 0) {
      if (tailLogMass != Float.NEGATIVE_INFINITY) {
        throw new IllegalArgumentException("a tail without classes has log-mass " + tailLogMass);
      }
      return;
    }
    double most = last + Math.log(tailClasses) + TOLERANCE + Math.abs(last) * 0x1p-10;
    if (!Float.isFinite(tailLogMass) || tailLogMass > most) {
      throw new IllegalArgumentException(
          "the log-mass of the tail is %s; %d classes below logit %s have at most %s"
              .formatted(tailLogMass, tailClasses, last, last + Math.log(tailClasses)));
    }
  }

  @Override
  public int answer() {
    return indices[0];
  }

  @Override
  public double distillation(
      float[] student, Divergence divergence, double temperature, double[] gradient) {
    Split split = split(student);
    double[] logP = masses();
    double mass = Math.exp(logP[0]);
    double[] within = new double[indices.length];
    double value =
        mass
            * temperature
            * temperature
            * divergence.of(
                LogSpace.logSoftmax(logits, temperature),
                LogSpace.logSoftmax(split.named, temperature),
                within);
    double[] between = new double[2];
    double logNamed = LogMath.sum(split.wide);
    if (split.tail.length > 0) {
      double[] logQ = LogSpace.normalize(new double[] {logNamed, LogMath.sum(split.tail)});
      value += divergence.of(logP, logQ, between);
    }
    double logTail = LogMath.sum(split.tail);
    for (int c = 0; c < classes; c++) {
      gradient[c] = between[1] * Math.exp(student[c] - logTail);
    }
    for (int i = 0; i < indices.length; i++) {
      gradient[indices[i]] =
          mass * temperature * within[i] + between[0] * Math.exp(split.wide[i] - logNamed);
    }
    return value;
  }

  /** Logarithms of the teacher's mass on K and on the tail. */
  private double[] masses() {
    double[] wide = new double[logits.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = logits[i];
    }
    return LogSpace.normalize(new double[] {LogMath.sum(wide), tailLogMass});
  }

  /** The student's logits of K, twice, and of the tail. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Split(float[] named, double[] wide, double[] tail) {}

  private Split split(float[] student) {
    boolean[] isNamed = new boolean[classes];
    float[] named = new float[indices.length];
    double[] wide = new double[indices.length];
    for (int i = 0; i < indices.length; i++) {
      isNamed[indices[i]] = true;
      named[i] = student[indices[i]];
      wide[i] = named[i];
    }
    double[] tail = new double[classes - indices.length];
    int next = 0;
    for (int c = 0; c < classes; c++) {
      if (!isNamed[c]) {
        tail[next++] = student[c];
      }
    }
    return new Split(named, wide, tail);
  }

  /**
   * As if the tail's classes had equal logits: of all teachers with this record, the one whose
   * entropy at temperature 1 is largest.
   */
  @Override
  public double entropy(double temperature) {
    double[] all = new double[classes];
    int tailClasses = classes - indices.length;
    for (int c = 0; c < classes; c++) {
      double logit = c < indices.length ? logits[c] : tailLogMass - Math.log((double) tailClasses);
      all[c] = logit / temperature;
    }
    return LogMath.entropy(LogSpace.normalize(all));
  }
}
