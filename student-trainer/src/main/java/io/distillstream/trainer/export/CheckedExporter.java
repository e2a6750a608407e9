package io.distillstream.trainer.export;

import io.distillstream.model.ModelMetadata;
import io.distillstream.model.quantization.SquaredGradients;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.checkpoint.ExportedModel;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.checkpoint.ModelExporter;
import io.distillstream.trainer.checkpoint.PendingCheckpoint;
import io.distillstream.trainer.checkpoint.UnsoundStudentException;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.trainer.state.GradientEstimate;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.wire.Pipeline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Exports students to ONNX and lets none pass that ONNX Runtime runs differently. It compares with
 * an engine of its own, which shares the student's arrays, so that the trainer's goes on meanwhile.
 */
public final class CheckedExporter implements ModelExporter {
  private final Pipeline pipeline;
  private final String model;
  private final ModelMetadata metadata;
  private final double tolerance;
  private final Function<StudentState, StudentEngine> engines;

  /**
   * @param metadata labels, tokenizer and length of every student
   * @param tolerance largest logit difference that may be published
   * @param engines opens an engine that answers as the trainer's does
   */
  public CheckedExporter(
      Pipeline pipeline,
      String model,
      ModelMetadata metadata,
      double tolerance,
      Function<StudentState, StudentEngine> engines) {
    this.pipeline = pipeline;
    this.model = model;
    this.metadata = metadata;
    this.tolerance = tolerance;
    this.engines = engines;
  }

  @Override
  public ExportedModel export(PendingCheckpoint checkpoint, Path target) throws IOException {
    StudentState state = checkpoint.good().state();
    TokenInputs inputs = checkpoint.probe().inputs();
    PublishedWeights published;
    float[][] expected;
    // Not kept: it would keep the student's arrays.
    try (StudentEngine own = engines.apply(state)) {
      // A restart goes on with the newest weights, and an average hides for a while what they are.
      finite(own.logits(inputs), checkpoint);
      published = PublishedWeights.of(state, checkpoint.good().memories().heldOut(), own);
      expected = finite(own.logits(inputs), checkpoint);
    }
    ModelMetadata described = metadata.withProvenance(provenance(checkpoint.good().lineage()));
    withGradients(StudentExport.export(published.student().weights(), described), state)
        .write(target);
    double difference = ParityCheck.largestDifference(target, inputs.tokens(), expected);
    if (!(difference <= tolerance)) {
      throw new TrainingStoppedException(
          "checkpoint %d is not published: ONNX Runtime's logits differ from the engine's by %s, more than %s"
              .formatted(checkpoint.version(), difference, tolerance));
    }
    return new ExportedModel(difference, published.score(), published.newest());
  }

  /** For whoever quantizes the model: how much each of its matrices matters. */
  private static OnnxModel withGradients(OnnxModel onnx, StudentState state) {
    Map<String, String> metadata = new TreeMap<>(onnx.metadata());
    metadata.put(SquaredGradients.KEY, SquaredGradients.toText(GradientEstimate.squares(state)));
    return onnx.withMetadata(metadata);
  }

  private static float[][] finite(float[][] logits, PendingCheckpoint checkpoint) {
    for (float[] row : logits) {
      for (float logit : row) {
        if (!Float.isFinite(logit)) {
          throw new UnsoundStudentException(
              "the student's logits are not finite after %d steps"
                  .formatted(checkpoint.good().state().progress().steps()));
        }
      }
    }
    return logits;
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
