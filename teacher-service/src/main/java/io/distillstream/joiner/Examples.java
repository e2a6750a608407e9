package io.distillstream.joiner;

import io.distillstream.avro.SoftLabel;
import io.distillstream.avro.TeacherOpinion;
import io.distillstream.avro.TrainingExample;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds training examples out of soft labels and truth. Never changes what it is given. */
final class Examples {

  private Examples() {}

  static TrainingExample of(SoftLabel first, @Nullable String truth) {
    return new TrainingExample(
        first.getRequestId(),
        first.getInput(),
        first.getLabelSpace(),
        first.getPositions(),
        List.of(opinion(first)),
        truth,
        first.getReceivedAt(),
        first.getLabelledAt(),
        first.getAugmentation(),
        null,
        null,
        false);
  }

  /** Adds an opinion in its place; the example counts as labelled when the last teacher spoke. */
  static TrainingExample withOpinion(TrainingExample example, SoftLabel next) {
    List<TeacherOpinion> teachers = new ArrayList<>(example.getTeachers());
    teachers.add(opinion(next));
    teachers.sort(Comparator.comparing(TeacherOpinion::getTeacherId));
    Instant labelledAt =
        example.getLabelledAt().isAfter(next.getLabelledAt())
            ? example.getLabelledAt()
            : next.getLabelledAt();
    return TrainingExample.newBuilder(example)
        .setTeachers(teachers)
        .setLabelledAt(labelledAt)
        .setAugmentation(
            example.getAugmentation() == null ? next.getAugmentation() : example.getAugmentation())
        .build();
  }

  static TrainingExample withTruth(TrainingExample example, String truth) {
    return TrainingExample.newBuilder(example).setGroundTruth(truth).build();
  }

  /** What was joined without its truth, with it. */
  static TrainingExample correction(TrainingExample example, String truth) {
    return TrainingExample.newBuilder(example).setGroundTruth(truth).setCorrection(true).build();
  }

  /** As it leaves the joiner. */
  static TrainingExample joined(TrainingExample example, Instant at) {
    return TrainingExample.newBuilder(example).setJoinedAt(at).build();
  }

  static boolean hasOpinionOf(TrainingExample example, String teacherId) {
    return example.getTeachers().stream()
        .anyMatch(opinion -> opinion.getTeacherId().equals(teacherId));
  }

  private static TeacherOpinion opinion(SoftLabel label) {
    return new TeacherOpinion(
        label.getTeacherId(),
        label.getTeacherVersion(),
        label.getDistribution(),
        label.getEmbedding(),
        null);
  }
}
