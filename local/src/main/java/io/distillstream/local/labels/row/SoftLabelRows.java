package io.distillstream.local.labels.row;

import io.distillstream.avro.DenseLogits;
import io.distillstream.avro.Input;
import io.distillstream.avro.SampledClasses;
import io.distillstream.avro.SoftLabel;
import io.distillstream.avro.TopKLogits;
import io.distillstream.local.labels.row.LabelRow.Truth;
import io.distillstream.local.labels.row.NamedDistribution.Draws;
import io.distillstream.model.LabelSpace;
import io.distillstream.wire.payload.EmbeddingCodec;
import io.distillstream.wire.payload.LogitsCodec;
import io.distillstream.wire.payload.SampledCodec;
import io.distillstream.wire.payload.TopKCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Rows of records, and records of rows. Nothing is lost on the way there and back. */
public final class SoftLabelRows {

  /** Room for logits that were rounded to binary16 while the tail's mass was not. */
  private static final double TOLERANCE = 0.05;

  private SoftLabelRows() {}

  /**
   * The row of a record of one position.
   *
   * @param space whose fingerprint the record has
   * @throws IllegalArgumentException if the record contradicts itself
   */
  public static LabelRow row(
      SoftLabel label, LabelSpace space, boolean relabelled, @Nullable Truth truth) {
    ByteBuffer embedding = label.getEmbedding();
    String text = label.getInput().getText();
    if (text == null) {
      throw new IllegalArgumentException("Request " + label.getRequestId() + " has no text");
    }
    return new LabelRow(
        label.getRequestId(),
        text,
        distribution(label.getDistribution(), space),
        embedding == null ? null : EmbeddingCodec.decode(embedding),
        label.getTeacherId(),
        label.getTeacherVersion(),
        label.getLabelSpace(),
        relabelled,
        label.getReceivedAt(),
        label.getLabelledAt(),
        truth);
  }

  private static NamedDistribution distribution(Object distribution, LabelSpace space) {
    if (distribution instanceof DenseLogits dense) {
      requireClasses(dense.getClasses(), space);
      return new NamedDistribution(space.labels(), LogitsCodec.decode(dense, 1), null, null);
    }
    if (distribution instanceof TopKLogits topK) {
      requireClasses(topK.getClasses(), space);
      TopKCodec.Decoded decoded = TopKCodec.decode(topK, 1);
      float tail = decoded.tailLogMass()[0];
      if (!Float.isFinite(tail) && topK.getK() < topK.getClasses()) {
        throw new IllegalArgumentException("A tail whose log-mass is " + tail);
      }
      return new NamedDistribution(
          names(decoded.indices(), space),
          decoded.logits(),
          Float.isFinite(tail) ? Float.valueOf(tail) : null,
          null);
    }
    SampledClasses sampled = (SampledClasses) distribution;
    requireClasses(sampled.getClasses(), space);
    SampledCodec.Decoded decoded = SampledCodec.decode(sampled, 1);
    return new NamedDistribution(
        names(decoded.indices(), space),
        decoded.logProbabilities(),
        null,
        new Draws(sampled.getDraws(), name(decoded.answers()[0], space), decoded.weights()));
  }

  private static void requireClasses(int classes, LabelSpace space) {
    if (classes != space.size()) {
      throw new IllegalArgumentException(
          "A distribution over %d classes, of a label space of %d"
              .formatted(classes, space.size()));
    }
  }

  private static List<String> names(int[] indices, LabelSpace space) {
    return Arrays.stream(indices).mapToObj(index -> name(index, space)).toList();
  }

  private static String name(int index, LabelSpace space) {
    if (index < 0 || index >= space.size()) {
      throw new IllegalArgumentException(
          "Class %d of a label space of %d".formatted(index, space.size()));
    }
    return space.label(index);
  }

  /**
   * The record of a row.
   *
   * @param space the one whose fingerprint the record gets, whatever the row says
   * @throws BadRowException if the row's labels are not of this space
   */
  public static SoftLabel record(LabelRow row, LabelSpace space) throws BadRowException {
    float[] embedding = row.embedding();
    return new SoftLabel(
        row.requestId(),
        new Input(row.text()),
        row.teacherId(),
        row.teacherVersion(),
        space.fingerprint(),
        1,
        encoded(row.distribution(), space),
        row.receivedAt(),
        row.labelledAt(),
        embedding == null ? null : EmbeddingCodec.encode(embedding),
        null);
  }

  private static Object encoded(NamedDistribution said, LabelSpace space) throws BadRowException {
    int[] classes = new int[said.labels().size()];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = index(said.labels().get(i), space);
    }
    Draws draws = said.draws();
    if (draws != null) {
      return SampledCodec.encode(
          space.size(),
          draws.number(),
          index(draws.answer(), space),
          classes,
          draws.weights(),
          said.logits());
    }
    Float tail = said.tailLogMass();
    if (tail != null && classes.length < space.size()) {
      return topK(said.logits(), classes, tail, space);
    }
    if (classes.length < space.size()) {
      throw new BadRowException(
          "'labels' leaves out %s; expected all %d, or 'tail_log_mass', or 'probabilities' alone"
              .formatted(String.join(", ", missing(said, space)), space.size()));
    }
    float[] logits = new float[space.size()];
    for (int i = 0; i < classes.length; i++) {
      logits[classes[i]] = said.logits()[i];
    }
    return LogitsCodec.encode(logits);
  }

  private static TopKLogits topK(float[] logits, int[] classes, float tail, LabelSpace space)
      throws BadRowException {
    int[] order =
        IntStream.range(0, classes.length)
            .boxed()
            .sorted(Comparator.comparing((Integer i) -> -logits[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    int[] indices = new int[order.length];
    float[] falling = new float[order.length];
    for (int i = 0; i < order.length; i++) {
      indices[i] = classes[order[i]];
      falling[i] = logits[order[i]];
    }
    requirePossible(tail, falling[falling.length - 1], space.size() - classes.length);
    return TopKCodec.encode(space.size(), indices, falling, tail);
  }

  /** No class that is not named is more probable than the least of those that are. */
  private static void requirePossible(float tail, float least, int others) throws BadRowException {
    double most = least + Math.log(others);
    if (tail > most + TOLERANCE) {
      throw new BadRowException(
          "'labels' leaves %d classes a log-mass of %.3f, more than the %.3f that they can have below the least probable label"
              .formatted(others, tail, most));
    }
  }

  private static List<String> missing(NamedDistribution said, LabelSpace space) {
    List<String> missing = new ArrayList<>(space.labels());
    missing.removeAll(said.labels());
    return missing;
  }

  static int index(String label, LabelSpace space) throws BadRowException {
    int index = space.indexOf(label);
    if (index < 0) {
      throw new BadRowException(
          "'%s' is no label of the pipeline; accepted are %s"
              .formatted(label, String.join(", ", space.labels())));
    }
    return index;
  }

  /**
   * Whether a true label is one of the space.
   *
   * @throws BadRowException if it is not
   */
  public static void requireKnown(Truth truth, LabelSpace space) throws BadRowException {
    index(truth.label(), space);
  }
}
