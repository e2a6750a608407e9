package io.distillstream.teacher;

import io.distillstream.model.LabelSpace;
import io.distillstream.runtime.StageMetrics;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model whose answers are worth learning: texts in, raw logits out. What it makes of a text on
 * the way, such as tokens, is its own affair.
 *
 * <p>Safe for use by many threads at once until closed. {@link #answers} keeps busy by itself what
 * it computes on: callers gain nothing by calling it concurrently.
 */
public interface Teacher extends AutoCloseable {

  /** What a call of {@link #answers} costs beside its texts, in the unit of {@link #size}. */
  int CALL_SIZE = 8;

  /** The name of this teacher in soft labels; the same over all its versions. */
  String id();

  /** Names exactly what answers; for weights, 12 hexadecimal digits of their digest. */
  String version();

  /** The classes, in the order of the logits. */
  LabelSpace labels();

  /**
   * What callers may want to know besides, for {@code GET /v1/model}: names in snake case, with
   * values that are JSON.
   */
  default Map<String, Object> properties() {
    return Map.of();
  }

  /**
   * What a text costs to answer. In a call every text costs as much as the largest, so the fastest
   * way through many texts is to sort them by size and hand them over in runs of similar size. The
   * unit is this teacher's own, such that a call by itself costs about {@link #CALL_SIZE}. Quick to
   * tell; 1 where it makes no difference.
   */
  default int size(String text) {
    return 1;
  }

  /**
   * Answers texts in one call.
   *
   * @param texts may be empty
   * @return one answer for each text, in their order
   * @throws TeacherException if the texts cannot be answered; another call may succeed
   * @throws TeacherUnavailableException if nothing can be answered at this moment; the same call
   *     succeeds later
   */
  List<TeacherAnswer> answers(List<String> texts);

  /** Why nothing is answered at this moment; empty if it is worth a try. */
  default Optional<Unavailability> unavailability() {
    return Optional.empty();
  }

  /** Shows the figures that only this kind of teacher has. Called once, before the first answer. */
  default void show(StageMetrics stage) {}

  @Override
  void close();
}
