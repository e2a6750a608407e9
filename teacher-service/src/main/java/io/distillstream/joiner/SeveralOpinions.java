package io.distillstream.joiner;

import io.distillstream.avro.SoftLabel;
import io.distillstream.avro.TeacherOpinion;
import io.distillstream.avro.TrainingExample;
import io.distillstream.wire.opinion.Opinion;

/**
 * Opinions that are to be pooled with others: one that cannot be is refused by itself, so that what
 * the others say is learned all the same.
 */
final class SeveralOpinions {

  private SeveralOpinions() {}

  /** Number of classes of an opinion that can be read. */
  static int requireReadable(SoftLabel label) throws UnjoinableRecordException {
    try {
      return Opinion.of(label.getDistribution(), label.getPositions()).get(0).classes();
    } catch (IllegalArgumentException e) {
      throw new UnjoinableRecordException(
          "Teacher %s: %s".formatted(label.getTeacherId(), e.getMessage()));
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
    int classes = requireReadable(label);
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
  }
}
