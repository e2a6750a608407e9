package io.distillstream.trainer;

import io.distillstream.model.ModelMetadata;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.trainer.engine.TokenInputs;
import io.distillstream.trainer.student.ParityCheck;
import io.distillstream.trainer.student.StudentExport;
import io.distillstream.wire.Pipeline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Exports students to ONNX and lets none pass that ONNX Runtime runs differently. */
final class CheckedExporter implements ModelExporter {
  private final Pipeline pipeline;
  private final String model;
  private final ModelMetadata metadata;
  private final double tolerance;

  /**
   * @param metadata labels, tokenizer and length of every student
   * @param tolerance largest logit difference that may be published
   */
  CheckedExporter(Pipeline pipeline, String model, ModelMetadata metadata, double tolerance) {
    this.pipeline = pipeline;
    this.model = model;
    this.metadata = metadata;
    this.tolerance = tolerance;
  }

  @Override
  public double export(PendingCheckpoint checkpoint, Path target) throws IOException {
    OnnxModel onnx =
        StudentExport.export(
            checkpoint.good().state().weights(),
            metadata.withProvenance(provenance(checkpoint.good().lineage())));
    ExportProbe probe = checkpoint.probe();
    if (!(probe.inputs() instanceof TokenInputs texts)) {
      throw new IllegalArgumentException("a text classifier has no answer to " + probe.inputs());
    }
    double difference = ParityCheck.largestDifference(onnx, texts.tokens(), probe.logits());
    if (!(difference <= tolerance)) {
      throw new TrainingStoppedException(
          "checkpoint %d is not published: ONNX Runtime's logits differ from the engine's by %s, more than %s"
              .formatted(checkpoint.version(), difference, tolerance));
    }
    onnx.write(target);
    return difference;
  }

  private Map<String, String> provenance(Lineage lineage) {
    Map<String, String> provenance = new TreeMap<>();
    provenance.put("pipeline", pipeline.name());
    provenance.put("model", model);
    provenance.put("checkpoint", Long.toString(lineage.version()));
    provenance.put("records-trained", Long.toString(lineage.records()));
    provenance.put("lineage-digest", Long.toHexString(lineage.digest()));
    provenance.put("offsets", joined(lineage.offsets()));
    provenance.put("teacher-versions", joined(lineage.teacherVersions()));
    return provenance;
  }

  /** Such as {@code 0:1200,1:1185}. */
  private static String joined(Map<?, ?> map) {
    return new TreeMap<>(map)
        .entrySet().stream()
            .map(entry -> entry.getKey() + ":" + entry.getValue())
            .collect(Collectors.joining(","));
  }
}
