package io.distillstream.trainer.export;

import static ai.onnxruntime.OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.distillstream.model.TokenBatch;
import io.distillstream.onnx.OnnxModel;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs an exported student in ONNX Runtime and compares it with the engine that trained it. */
public final class ParityCheck {
  /** Largest difference between two logits that an export may show. */
  public static final double TOLERANCE = 1e-4;

  private ParityCheck() {}

  private interface Opening {
    OrtSession open(OrtEnvironment environment, OrtSession.SessionOptions options)
        throws OrtException;
  }

  /** As for a model in memory; of the file nothing is held in Java's. */
  public static double largestDifference(Path model, int[][] tokens, float[][] expected) {
    return largestDifference(
        (environment, options) -> environment.createSession(model.toString(), options),
        tokens,
        expected);
  }

  /**
   * The largest absolute difference between the model's logits and {@code expected}; infinite where
   * one of them is not a number.
   *
   * @param tokens word-piece ids, one unpadded row per text
   * @param expected the engine's logits {@code [batch, classes]} for the same texts
   * @throws IllegalStateException if ONNX Runtime refuses the model
   */
  public static double largestDifference(OnnxModel model, int[][] tokens, float[][] expected) {
    byte[] bytes = model.bytes();
    return largestDifference(
        (environment, options) -> environment.createSession(bytes, options), tokens, expected);
  }

  private static double largestDifference(Opening opening, int[][] tokens, float[][] expected) {
    float[][] actual = run(opening, TokenBatch.of(List.of(tokens), 0));
    double largest = 0;
    for (int row = 0; row < expected.length; row++) {
      for (int c = 0; c < expected[row].length; c++) {
        double difference = Math.abs((double) actual[row][c] - expected[row][c]);
        largest =
            Math.max(largest, Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference);
      }
    }
    return largest;
  }

  private static float[][] run(Opening opening, TokenBatch batch) {
    // Native log lines would go to standard error; what fails comes as an exception besides.
    OrtEnvironment environment = OrtEnvironment.getEnvironment(ORT_LOGGING_LEVEL_FATAL);
    try (OrtSession.SessionOptions options = frugal();
        OrtSession session = opening.open(environment, options);
        OnnxTensor ids = tensor(environment, batch.ids(), batch);
        OnnxTensor mask = tensor(environment, batch.mask(), batch);
        OrtSession.Result result = session.run(Map.of("input_ids", ids, "attention_mask", mask))) {
      return (float[][]) result.get(0).getValue();
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime refuses the exported student", e);
    }
  }

  /** One thread, and no memory beyond the weights that a single batch is not worth. */
  private static OrtSession.SessionOptions frugal() throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    options.setCPUArenaAllocator(false);
    options.setMemoryPatternOptimization(false);
    options.addConfigEntry("session.disable_prepacking", "1");
    return options;
  }

  private static OnnxTensor tensor(OrtEnvironment environment, long[] values, TokenBatch batch)
      throws OrtException {
    return OnnxTensor.createTensor(environment, LongBuffer.wrap(values), batch.shape());
  }
}
