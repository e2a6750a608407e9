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

/** Opens ONNX Runtime sessions for work on graphs, where speed does not matter. */
final class Sessions {
  private Sessions() {}

  /**
   * A session that computes every node as it stands in the graph. The caller owns it.
   *
   * @throws InvalidModelException if ONNX Runtime refuses the model
   */
  @MustBeClosed
  static OrtSession verbatim(OnnxModel model) {
    try (SessionOptions options = new SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setOptimizationLevel(OptLevel.NO_OPT);
      // Native log lines would go to standard error; what fails comes as an exception besides.
      return OrtEnvironment.getEnvironment(ORT_LOGGING_LEVEL_FATAL)
          .createSession(model.bytes(), options);
    } catch (OrtException e) {
      throw Refusal.of(e);
    }
  }
}
