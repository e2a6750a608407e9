package io.distillstream.quantization.scheme;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.distillstream.onnx.OnnxModel;
import java.nio.FloatBuffer;
import java.util.Map;

/** Runs small graphs with one input {@code x} and one output in ONNX Runtime. */
final class Engine {
  private Engine() {}

  /** The output, flattened, for x [rows, columns] in float32. */
  static float[] run(OnnxModel model, float[][] x) {
    float[] flat = new float[x.length * x[0].length];
    for (int r = 0; r < x.length; r++) {
      System.arraycopy(x[r], 0, flat, r * x[r].length, x[r].length);
    }
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OnnxTensor input =
        OnnxTensor.createTensor(
            environment, FloatBuffer.wrap(flat), new long[] {x.length, x[0].length})) {
      return run(environment, model, input);
    } catch (OrtException e) {
      throw new AssertionError(e);
    }
  }

  /** The output, flattened, for x [indices] in int64. */
  static float[] run(OnnxModel model, long[] x) {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OnnxTensor input = OnnxTensor.createTensor(environment, x)) {
      return run(environment, model, input);
    } catch (OrtException e) {
      throw new AssertionError(e);
    }
  }

  private static float[] run(OrtEnvironment environment, OnnxModel model, OnnxTensor input)
      throws OrtException {
    try (OrtSession session = environment.createSession(model.bytes());
        OrtSession.Result result = session.run(Map.of("x", input))) {
      FloatBuffer buffer = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] values = new float[buffer.remaining()];
      buffer.get(values);
      return values;
    }
  }
}
