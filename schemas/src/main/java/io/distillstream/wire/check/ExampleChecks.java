package io.distillstream.wire.check;

import io.distillstream.avro.HeldOutExample;
import io.distillstream.avro.SoftLabel;
import io.distillstream.avro.TeacherOpinion;
import io.distillstream.avro.TrainingExample;
import io.distillstream.wire.opinion.Opinion;

/**
 * What teachers say. Distributions are checked where they are decoded, by {@link
 * io.distillstream.wire.payload}.
 */
public final class ExampleChecks {
  private static final int MOST_POSITIONS = 1 << 24;

  /** More than any vocabulary has. */
  private static final int MOST_CLASSES = 1 << 22;

  private ExampleChecks() {}

  public static void softLabel(SoftLabel label) {
    Require.name("request_id", label.getRequestId());
    Require.name("teacher_id", label.getTeacherId());
    Require.name("label_space", label.getLabelSpace());
    positions(label.getPositions());
    classes("distribution.classes", label.getDistribution());
    Require.time("received_at", label.getReceivedAt());
    Require.time("labelled_at", label.getLabelledAt());
    RequestChecks.augmentation(label.getAugmentation());
  }

  public static void trainingExample(TrainingExample example) {
    Require.name("request_id", example.getRequestId());
    Require.name("label_space", example.getLabelSpace());
    positions(example.getPositions());
    if (example.getTeachers().isEmpty()) {
      throw new IllegalArgumentException("teachers is empty, expected at least one opinion");
    }
    for (TeacherOpinion opinion : example.getTeachers()) {
      Require.name("teachers.teacher_id", opinion.getTeacherId());
      classes("teachers.distribution.classes", opinion.getDistribution());
      if (opinion.getWeight() != null) {
        Require.share("teachers.weight", opinion.getWeight());
      }
    }
    Require.time("received_at", example.getReceivedAt());
    Require.time("labelled_at", example.getLabelledAt());
    if (example.getJoinedAt() != null) {
      Require.time("joined_at", example.getJoinedAt());
    }
    if (example.getDisagreement() != null) {
      Require.finite("disagreement", example.getDisagreement());
    }
    RequestChecks.augmentation(example.getAugmentation());
  }

  public static void heldOut(HeldOutExample heldOut) {
    Require.name("model", heldOut.getModel());
    trainingExample(heldOut.getExample());
  }

  /** Whoever reads a distribution makes arrays of so many classes. */
  private static void classes(String field, Object distribution) {
    Require.between(field, Opinion.classes(distribution), 1, MOST_CLASSES);
  }

  private static void positions(int positions) {
    Require.between("positions", positions, 1, MOST_POSITIONS);
  }
}
