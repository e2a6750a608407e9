package io.distillstream.local.demo;

import io.distillstream.avro.BlobRef;
import io.distillstream.device.inference.OnnxClassifier;
import io.distillstream.device.inference.UnusableModelException;
import io.distillstream.local.services.LocalPipeline;
import io.distillstream.local.wordnet.Gloss;
import io.distillstream.model.ArgMax;
import io.distillstream.model.LabelSpace;
import io.distillstream.teacher.SortedBatches;
import io.distillstream.teacher.Teacher;
import io.distillstream.wire.Topics;
import io.distillstream.wire.blob.BlobReader;
import io.distillstream.wire.blob.DamagedBlobException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Lets the teacher, the student and the device answer the same held-out glosses. */
final class DemoMeasurement {

  private static final int BATCH = 32;

  private final LocalPipeline pipeline;
  private final DemoPlan plan;

  DemoMeasurement(LocalPipeline pipeline, DemoPlan plan) {
    this.pipeline = pipeline;
    this.plan = plan;
  }

  /**
   * The scores.
   *
   * @param student the fp32 model that the device's artifact was made from
   * @param onDevice what the device answered, in the order of {@link DemoPlan#heldOut()}
   */
  DemoScores scores(BlobRef student, PredictedLabels onDevice)
      throws IOException, DamagedBlobException, UnusableModelException {
    List<String> texts = plan.heldOut().stream().map(Gloss::text).toList();
    return DemoScores.of(
        plan.heldOut().stream().map(Gloss::label).toList(),
        teacherAnswers(texts),
        studentAnswers(student, texts),
        onDevice);
  }

  private PredictedLabels teacherAnswers(List<String> texts) {
    try (Teacher teacher = plan.teacher().openTeacher()) {
      return answers(SortedBatches.logits(teacher, texts, BATCH), teacher.labels());
    }
  }

  private PredictedLabels studentAnswers(BlobRef onnx, List<String> texts)
      throws IOException, DamagedBlobException, UnusableModelException {
    Path file = pipeline.context().folder("demo").resolve("student-fp32.onnx");
    new BlobReader(
            pipeline.cluster().connection(),
            pipeline.context().wire().codec(Topics.CHECKPOINT_BLOBS, pipeline.cluster().pipeline()))
        .fetch(onnx, file);
    try (OnnxClassifier student = OnnxClassifier.open(file)) {
      return answers(student.logits(texts), student.labels());
    }
  }

  private static PredictedLabels answers(float[][] logits, LabelSpace labels) {
    return new PredictedLabels(
        Arrays.stream(logits).map(row -> labels.label(ArgMax.of(row))).toList());
  }
}
