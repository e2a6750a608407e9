package io.distillstream.quantization.graph;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.distillstream.onnx.OnnxModel;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs graphs with one input {@code x} in ONNX Runtime. */
public final class Engine {
  private Engine() {}

  /** The output, flattened, for x [rows, columns] in float32. */
  public static float[] run(OnnxModel model, float[][] x) {
    float[] flat = new float[x.length * x[0].length];
    for (int r = 0; r < x.length; r++) {
      System.arraycopy(x[r], 0, flat, r * x[r].length, x[r].length);
    }
    return run(model, flat, x.length, x[0].length);
  }

  /** The output, flattened, for x of any shape. */
  public static float[] run(OnnxModel model, float[] x, long... shape) {
    try (OnnxTensor input =
        OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), FloatBuffer.wrap(x), shape)) {
      return run(model, input).values().iterator().next();
    } catch (OrtException e) {
      throw new AssertionError(e);
    }
  }

  /** The output, flattened, for x [indices] in int64. */
  public static float[] run(OnnxModel model, long[] x) {
    try (OnnxTensor input = OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), x)) {
      return run(model, input).values().iterator().next();
    } catch (OrtException e) {
      throw new AssertionError(e);
    }
  }

  /** Inner values of a graph, flattened; those that are not float32 are left out. */
  public static Map<String, float[]> all(
      OnnxModel model, List<String> values, float[] x, long... shape) {
    ModelProto.Builder exposed = model.proto().toBuilder();
    exposed.getGraphBuilder().clearOutput();
    values.forEach(
        value -> exposed.getGraphBuilder().addOutput(ValueInfoProto.newBuilder().setName(value)));
    try (OnnxTensor input =
        OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), FloatBuffer.wrap(x), shape)) {
      return run(OnnxModel.of(exposed.build()), input);
    } catch (OrtException e) {
      throw new AssertionError(e);
    }
  }

  private static Map<String, float[]> run(OnnxModel model, OnnxTensor input) throws OrtException {
    Map<String, float[]> results = new LinkedHashMap<>();
    String name = model.inputs().get(0).name();
    try (OrtSession session = OrtEnvironment.getEnvironment().createSession(model.bytes());
        OrtSession.Result result = session.run(Map.of(name, input))) {
      for (Map.Entry<String, OnnxValue> entry : result) {
        FloatBuffer buffer = ((OnnxTensor) entry.getValue()).getFloatBuffer();
        if (buffer != null) {
          float[] values = new float[buffer.remaining()];
          buffer.get(values);
          results.put(entry.getKey(), values);
        }
      }
    }
    return results;
  }

  /** The graph that ONNX Runtime makes of a model before it runs it. */
  public static OnnxModel optimized(OnnxModel model, Path folder) {
    Path file = folder.resolve("optimized.onnx");
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizedModelFilePath(file.toString());
      OrtEnvironment.getEnvironment().createSession(model.bytes(), options).close();
      OnnxModel optimized = OnnxModel.read(file);
      Files.delete(file);
      return optimized;
    } catch (OrtException | IOException e) {
      throw new AssertionError(e);
    }
  }

  /** √(Σ(y − ŷ)² / Σy²). */
  public static double relativeError(float[] expected, float[] actual) {
    assertThat(actual).hasSameSizeAs(expected);
    double error = 0;
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      error += Math.pow(expected[i] - actual[i], 2);
      size += Math.pow(expected[i], 2);
    }
    return Math.sqrt(error / size);
  }
}
