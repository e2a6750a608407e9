package io.distillstream.local.labels.row;

import io.distillstream.foundation.Sha256;
import io.distillstream.local.labels.row.LabelRow.Truth;
import io.distillstream.local.labels.row.NamedDistribution.Draws;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a row as they stand in a file, of whatever format, and the row that they make up.
 * Needed are {@code text}, {@code teacher_id}, and {@code labels} with {@code logits} or {@code
 * probabilities}.
 */
public final class RowFields {

  private static final float SMALLEST_PROBABILITY = 1e-12f;
  private static final double ROUNDING = 1e-3;

  /** What rounding may have taken from the classes that are not named. */
  private static final double SMALLEST_TAIL = 1e-6;

  private static final int ID_DIGITS = 32;

  /** Where the fields stand. Each is empty where it is missing or null. */
  public interface Source {
    Optional<String> text(String column) throws BadRowException;

    Optional<List<String>> texts(String column) throws BadRowException;

    Optional<float[]> numbers(String column) throws BadRowException;

    Optional<Float> number(String column) throws BadRowException;

    Optional<Boolean> flag(String column) throws BadRowException;

    Optional<Instant> time(String column) throws BadRowException;
  }

  private RowFields() {}

  /**
   * The row.
   *
   * @param now when it was received and labelled, where the row does not say
   * @throws BadRowException if a field is missing, or of no use
   */
  public static LabelRow row(Source source, Instant now) throws BadRowException {
    String text = required(source.text(Columns.TEXT), Columns.TEXT);
    String requestId = source.text(Columns.REQUEST_ID).orElseGet(() -> idOf(text));
    requireNotBlank(Columns.REQUEST_ID, requestId);
    String teacher = required(source.text(Columns.TEACHER_ID), Columns.TEACHER_ID);
    Instant received =
        time(source, Columns.RECEIVED_AT).orElse(time(source, Columns.LABELLED_AT).orElse(now));
    return new LabelRow(
        requestId,
        text,
        distribution(source),
        embedding(source),
        teacher,
        source.text(Columns.TEACHER_VERSION).orElse("unknown"),
        source.text(Columns.LABEL_SPACE).orElse(""),
        source.flag(Columns.RELABELLED).orElse(false),
        received,
        time(source, Columns.LABELLED_AT).orElse(received),
        truth(source, received));
  }

  /** The same for the same text, so that a file that is imported again is known again. */
  private static String idOf(String text) {
    return "text-" + Sha256.hex(text.getBytes(StandardCharsets.UTF_8)).substring(0, ID_DIGITS);
  }

  private static NamedDistribution distribution(Source source) throws BadRowException {
    List<String> labels = source.texts(Columns.LABELS).orElse(List.of());
    if (labels.isEmpty()) {
      throw new BadRowException("'labels' is missing or empty; expected the names of classes");
    }
    if (new HashSet<>(labels).size() < labels.size()) {
      throw new BadRowException("'labels' names a class twice");
    }
    Optional<float[]> logits = source.numbers(Columns.LOGITS);
    Optional<float[]> weights = source.numbers(Columns.WEIGHTS);
    if (logits.isPresent()) {
      requireFinite(Columns.LOGITS, logits.get(), labels);
      return weights.isPresent()
          ? drawn(source, labels, logits.get(), weights.get())
          : new NamedDistribution(labels, logits.get(), tail(source), null);
    }
    float[] probabilities =
        source
            .numbers(Columns.PROBABILITIES)
            .orElseThrow(
                () -> new BadRowException("expected 'logits', or 'probabilities' without them"));
    requireFinite(Columns.PROBABILITIES, probabilities, labels);
    return ofProbabilities(labels, probabilities);
  }

  private static float @Nullable [] embedding(Source source) throws BadRowException {
    float[] embedding = source.numbers(Columns.EMBEDDING).orElse(null);
    for (int i = 0; embedding != null && i < embedding.length; i++) {
      if (!Float.isFinite(embedding[i])) {
        throw new BadRowException(
            "'embedding' has %s as number %d, expected a number".formatted(embedding[i], i + 1));
      }
    }
    return embedding;
  }

  private static @Nullable Float tail(Source source) throws BadRowException {
    Optional<Float> tail = source.number(Columns.TAIL_LOG_MASS);
    if (tail.isPresent() && !Float.isFinite(tail.get())) {
      throw new BadRowException("'tail_log_mass' is " + tail.get() + ", expected a number");
    }
    return tail.orElse(null);
  }

  private static NamedDistribution drawn(
      Source source, List<String> labels, float[] logits, float[] weights) throws BadRowException {
    requireFinite(Columns.WEIGHTS, weights, labels);
    float draws = source.number(Columns.DRAWS).orElse(0f);
    if (draws < 1 || draws != Math.rint(draws)) {
      throw new BadRowException("'weights' without 'draws', expected how many led to them");
    }
    String answer = required(source.text(Columns.LABEL), Columns.LABEL);
    return new NamedDistribution(labels, logits, null, new Draws((int) draws, answer, weights));
  }

  /** What the labels leave of all probability is the tail's, beyond what rounding leaves. */
  private static NamedDistribution ofProbabilities(List<String> labels, float[] probabilities)
      throws BadRowException {
    double sum = 0;
    float[] logits = new float[probabilities.length];
    for (int i = 0; i < logits.length; i++) {
      if (probabilities[i] < 0 || probabilities[i] > 1) {
        throw new BadRowException(
            "'probabilities' has %s for '%s', expected 0 to 1"
                .formatted(probabilities[i], labels.get(i)));
      }
      sum += probabilities[i];
      logits[i] = (float) Math.log(Math.max(SMALLEST_PROBABILITY, probabilities[i]));
    }
    if (sum > 1 + ROUNDING || sum <= SMALLEST_TAIL) {
      throw new BadRowException(
          "'probabilities' add up to %.4f, expected 1 at most".formatted(sum));
    }
    return new NamedDistribution(labels, logits, tail(1 - sum, logits), null);
  }

  /** Log of what is left; where that is rounding alone, no more than any one class can have. */
  private static float tail(double left, float[] logits) {
    if (left > ROUNDING) {
      return (float) Math.log(left);
    }
    double tail = Math.log(SMALLEST_TAIL);
    for (float logit : logits) {
      tail = Math.min(tail, logit);
    }
    return (float) tail;
  }

  private static @Nullable Truth truth(Source source, Instant received) throws BadRowException {
    Optional<String> label = source.text(Columns.GROUND_TRUTH);
    Instant at = time(source, Columns.GROUND_TRUTH_AT).orElse(received);
    return label.isEmpty() ? null : new Truth(label.get(), at);
  }

  private static Optional<Instant> time(Source source, String column) throws BadRowException {
    Optional<Instant> time = source.time(column);
    if (time.isPresent() && time.get().isBefore(Instant.EPOCH)) {
      throw new BadRowException("'%s' is %s, expected 1970 or later".formatted(column, time.get()));
    }
    return time;
  }

  private static String required(Optional<String> value, String column) throws BadRowException {
    if (value.isEmpty()) {
      throw new BadRowException("'" + column + "' is missing");
    }
    requireNotBlank(column, value.get());
    return value.get();
  }

  private static void requireNotBlank(String column, String value) throws BadRowException {
    if (value.isBlank()) {
      throw new BadRowException("'" + column + "' is blank");
    }
  }

  private static void requireFinite(String column, float[] values, List<String> labels)
      throws BadRowException {
    if (values.length != labels.size()) {
      throw new BadRowException(
          "'%s' has %d numbers, expected one for each of the %d 'labels'"
              .formatted(column, values.length, labels.size()));
    }
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new BadRowException(
            "'%s' has %s for '%s', expected a number".formatted(column, values[i], labels.get(i)));
      }
    }
  }
}
