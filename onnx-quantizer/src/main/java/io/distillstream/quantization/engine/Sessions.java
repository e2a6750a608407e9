package io.distillstream.quantization.engine;

import static ai.onnxruntime.OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens ONNX Runtime sessions. */
final class Sessions {
  /**
   * Above this a model is not held in memory as a file besides, which takes as much again twice.
   */
  private static final int LARGEST_IN_MEMORY = 32 << 20;

  private Sessions() {}

  /**
   * A session with these options. The caller owns it.
   *
   * @throws InvalidModelException if ONNX Runtime refuses the model
   */
  static OrtSession open(OnnxModel model, SessionOptions options) {
    // Native log lines would go to standard error; what fails comes as an exception besides.
    OrtEnvironment environment = OrtEnvironment.getEnvironment(ORT_LOGGING_LEVEL_FATAL);
    try {
      return model.sizeBytes() <= LARGEST_IN_MEMORY
          ? environment.createSession(model.bytes(), options)
          : throughFile(environment, model, options);
    } catch (OrtException e) {
      throw Refusal.of(e);
    }
  }

  private static OrtSession throughFile(
      OrtEnvironment environment, OnnxModel model, SessionOptions options) throws OrtException {
    try {
      Path file = Files.createTempFile("loading", ".onnx");
      try {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
          model.writeTo(out);
        }
        return environment.createSession(file.toString(), options);
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot keep a model in a temporary file", e);
    }
  }

  /**
   * A session that computes every node as it stands in the graph, for work on graphs, where speed
   * does not matter. The caller owns it.
   *
   * @throws InvalidModelException if ONNX Runtime refuses the model
   */
  @MustBeClosed
  static OrtSession verbatim(OnnxModel model) {
    try (SessionOptions options = new SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setOptimizationLevel(OptLevel.NO_OPT);
      return open(model, options);
    } catch (OrtException e) {
      throw Refusal.of(e);
    }
  }
}
