package io.distillstream.wire.opinion;

import io.distillstream.avro.DenseLogits;
import io.distillstream.avro.SampledClasses;
import io.distillstream.avro.TopKLogits;
import io.distillstream.wire.payload.LogitsCodec;
import io.distillstream.wire.payload.SampledCodec;
import io.distillstream.wire.payload.TopKCodec;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What one teacher says of one position: the logits of all classes, or the log-probabilities of
 * some, and of all others, its tail, their mass.
 *
 * <p>Of top-k logits the named classes are the k, with {@code log p = logit - log(Σ exp(logit) +
 * tail)}. Of sampled classes they are those drawn, with the log-probabilities that the record
 * states; how often each was drawn says nothing more of them.
 *
 * <p>The tail is given at least {@link #LEAST_TAIL}, at the cost of the named classes in
 * proportion: to a geometric mean a probability of 0 is a veto, and one that was cut off or rounded
 * away is none. That makes a smoothed hard label of a teacher that names one class and leaves
 * nothing to the others.
 *
 * <p>Immutable.
 */
public final class Opinion {
  /** Probability of all classes that are not named, at least. */
  public static final double LEAST_TAIL = 1e-3;

  private final int answer;
  private final double[] logits;
  private final boolean[] named;
  private final double logTail;

  /**
   * @param logits {@code [classes]}; of the classes that are not named anything
   * @param logTail of the mass of the classes that are not named; not read where all are
   */
  private Opinion(int answer, double[] logits, boolean[] named, double logTail) {
    this.answer = answer;
    this.logits = logits;
    this.named = named;
    this.logTail = logTail;
  }

  /** An opinion of all classes, by raw logits. */
  public static Opinion dense(float[] logits) {
    double[] wide = new double[logits.length];
    int answer = 0;
    for (int c = 0; c < wide.length; c++) {
      wide[c] = logits[c];
      if (logits[c] > logits[answer]) {
        answer = c;
      }
    }
    return new Opinion(answer, wide, all(wide.length), Double.NEGATIVE_INFINITY);
  }

  /**
   * Reads a record's distribution.
   *
   * @param distribution dense, top-k or sampled
   * @return one opinion for each position
   * @throws IllegalArgumentException if it is no distribution over so many positions
   */
  public static List<Opinion> of(Object distribution, int positions) {
    if (distribution instanceof DenseLogits dense) {
      float[] all = LogitsCodec.decode(dense, positions);
      int classes = dense.getClasses();
      return IntStream.range(0, positions)
          .mapToObj(at -> dense(Arrays.copyOfRange(all, at * classes, (at + 1) * classes)))
          .toList();
    }
    if (distribution instanceof TopKLogits record) {
      TopKCodec.Decoded topK = TopKCodec.decode(record, positions);
      int k = record.getK();
      return IntStream.range(0, positions)
          .mapToObj(
              at ->
                  topK(
                      record.getClasses(),
                      Arrays.copyOfRange(topK.indices(), at * k, (at + 1) * k),
                      Arrays.copyOfRange(topK.logits(), at * k, (at + 1) * k),
                      topK.tailLogMass()[at]))
          .toList();
    }
    if (distribution instanceof SampledClasses record) {
      return sampled(record.getClasses(), SampledCodec.decode(record, positions));
    }
    throw new IllegalArgumentException(
        "a distribution of unknown kind " + distribution.getClass().getSimpleName());
  }

  /** Number of classes of a record's distribution, whether it can be read or not. */
  public static int classes(Object distribution) {
    if (distribution instanceof DenseLogits dense) {
      return dense.getClasses();
    }
    if (distribution instanceof TopKLogits topK) {
      return topK.getClasses();
    }
    return distribution instanceof SampledClasses sampled ? sampled.getClasses() : 0;
  }

  private static Opinion topK(int classes, int[] indices, float[] logits, double tailLogMass) {
    double[] wide = new double[logits.length];
    int largest = 0;
    for (int i = 0; i < wide.length; i++) {
      wide[i] = logits[i];
      if (logits[i] > logits[largest]) {
        largest = i;
      }
    }
    if (Double.isNaN(tailLogMass) || tailLogMass == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException("the log-mass of the tail is " + tailLogMass);
    }
    double mass = LogMath.sum(LogMath.sum(wide), tailLogMass);
    for (int i = 0; i < wide.length; i++) {
      wide[i] -= mass;
    }
    return named(classes, indices[largest], indices, wide);
  }

  private static List<Opinion> sampled(int classes, SampledCodec.Decoded drawn) {
    Opinion[] opinions = new Opinion[drawn.answers().length];
    int from = 0;
    for (int at = 0; at < opinions.length; at++) {
      int to = from + drawn.counts()[at];
      double[] logProbabilities = new double[to - from];
      for (int i = from; i < to; i++) {
        logProbabilities[i - from] = drawn.logProbabilities()[i];
      }
      opinions[at] =
          named(
              classes,
              drawn.answers()[at],
              Arrays.copyOfRange(drawn.indices(), from, to),
              logProbabilities);
      from = to;
    }
    return List.of(opinions);
  }

  /**
   * An opinion of some classes.
   *
   * @param answer the most probable class, named or not
   * @param indices distinct classes
   * @param logProbabilities of these, nats; what they lack to 1 is the tail's
   * @throws IllegalArgumentException if they are no classes, or no logarithms of probabilities
   */
  static Opinion named(int classes, int answer, int[] indices, double[] logProbabilities) {
    boolean[] named = new boolean[classes];
    for (int i = 0; i < indices.length; i++) {
      requireClass(indices[i], classes);
      if (named[indices[i]]) {
        throw new IllegalArgumentException("class %d is named twice".formatted(indices[i]));
      }
      named[indices[i]] = true;
      if (!Double.isFinite(logProbabilities[i])) {
        throw new IllegalArgumentException(
            "class %d has log-probability %s".formatted(indices[i], logProbabilities[i]));
      }
    }
    requireClass(answer, classes);
    double logNamed = LogMath.sum(logProbabilities);
    double tail =
        indices.length == classes ? 0 : Math.max(LEAST_TAIL, 1 - Math.exp(Math.min(0, logNamed)));
    double scale = Math.log1p(-tail) - logNamed;
    double[] logits = new double[classes];
    for (int i = 0; i < indices.length; i++) {
      logits[indices[i]] = logProbabilities[i] + scale;
    }
    return new Opinion(answer, logits, named, Math.log(tail));
  }

  private static void requireClass(int index, int classes) {
    if (index < 0 || index >= classes) {
      throw new IllegalArgumentException("class %d of %d classes".formatted(index, classes));
    }
  }

  private static boolean[] all(int classes) {
    boolean[] all = new boolean[classes];
    Arrays.fill(all, true);
    return all;
  }

  /** Number of classes, named or not. */
  public int classes() {
    return logits.length;
  }

  /** The most probable class. */
  public int answer() {
    return answer;
  }

  /** Whether every class is named. */
  public boolean isComplete() {
    for (boolean one : named) {
      if (!one) {
        return false;
      }
    }
    return true;
  }

  /**
   * The logits of all classes. The tail's mass is spread over its classes in proportion to what
   * others say of them.
   *
   * @param others logits {@code [classes]}; null where nobody says anything, to spread it evenly
   * @return a new array {@code [classes]}, up to one constant
   */
  double[] completed(double @Nullable [] others) {
    double[] complete = logits.clone();
    if (isComplete()) {
      return complete;
    }
    double[] shape = new double[logits.length];
    for (int c = 0; c < shape.length; c++) {
      shape[c] = named[c] ? Double.NEGATIVE_INFINITY : others == null ? 0 : others[c];
    }
    double mass = LogMath.sum(shape);
    for (int c = 0; c < shape.length; c++) {
      if (!named[c]) {
        complete[c] = logTail + shape[c] - mass;
      }
    }
    return complete;
  }

  /**
   * Entropy, nats, with the tail spread evenly: of all distributions that fit an incomplete
   * opinion, that of the one whose entropy is largest.
   */
  public double entropy() {
    return LogMath.entropy(LogMath.normalized(completed(null)));
  }
}
