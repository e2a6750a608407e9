package io.distillstream.joiner;

import io.distillstream.avro.SoftLabel;
import io.distillstream.avro.TeacherOpinion;
import io.distillstream.avro.TrainingExample;
import io.distillstream.wire.opinion.Opinion;
import java.util.List;

/**
 * Opinions that are to be pooled with others: one that cannot be is refused by itself, so that what
 * the others say is learned all the same.
 */
final class SeveralOpinions {

  /** What is pooled takes a number for each class of each position. */
  private static final long MOST_NUMBERS = 1 << 22;

  private SeveralOpinions() {}

  /** Whether an opinion can be pooled with others. */
  static void requireReadable(SoftLabel label) throws UnjoinableRecordException {
    requireReadable(label.getTeacherId(), label.getDistribution(), label.getPositions());
  }

  private static void requireReadable(String teacher, Object distribution, int positions)
      throws UnjoinableRecordException {
    int classes = Opinion.classes(distribution);
    if ((long) positions * classes > MOST_NUMBERS) {
      throw new UnjoinableRecordException(
          "Teacher %s answers over %d classes at %d positions, expected %d numbers at most where several teachers are joined"
              .formatted(teacher, classes, positions, MOST_NUMBERS));
    }
    try {
      List<Opinion> unused = Opinion.of(distribution, positions);
    } catch (IllegalArgumentException e) {
      throw new UnjoinableRecordException("Teacher %s: %s".formatted(teacher, e.getMessage()));
    }
  }

  static void requireOneAnswerSpace(TrainingExample example, SoftLabel label)
      throws UnjoinableRecordException {
    TeacherOpinion first = example.getTeachers().get(0);
    if (!label.getLabelSpace().equals(example.getLabelSpace())
        || label.getPositions() != example.getPositions()) {
      throw new UnjoinableRecordException(
          "Teacher %s answers in label space %s with %d positions, but %s answered request %s in %s with %d"
              .formatted(
                  label.getTeacherId(),
                  label.getLabelSpace(),
                  label.getPositions(),
                  first.getTeacherId(),
                  label.getRequestId(),
                  example.getLabelSpace(),
                  example.getPositions()));
    }
    int classes = Opinion.classes(label.getDistribution());
    int others = Opinion.classes(first.getDistribution());
    if (classes != others) {
      throw new UnjoinableRecordException(
          "Teacher %s answers over %d classes, but %s answered request %s over %d"
              .formatted(
                  label.getTeacherId(),
                  classes,
                  first.getTeacherId(),
                  label.getRequestId(),
                  others));
    }
    requireReadable(label);
    // Where one teacher is expected, nobody has looked at the first one's.
    requireReadable(first.getTeacherId(), first.getDistribution(), example.getPositions());
  }
}
