package io.distillstream.quantizer;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.onnx.InvalidModelException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A text model loaded into ONNX Runtime, the only place of this module that knows the engine. Runs
 * one text at a time on one thread, as a device does.
 *
 * <p>Owns the native session; the environment belongs to the process. Thread-safe except for {@link
 * #close}.
 */
final class OnnxRuntimeModel implements TextModel {
  private static final String IDS = "input_ids";
  private static final String MASK = "attention_mask";
  private static final String SEGMENTS = "token_type_ids";
  private static final Set<String> KNOWN_INPUTS = Set.of(IDS, MASK, SEGMENTS);

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final String output;

  private OnnxRuntimeModel(OrtEnvironment environment, OrtSession session, String output) {
    this.environment = environment;
    this.session = session;
    this.output = output;
  }

  /**
   * Loads a model file.
   *
   * @throws InvalidModelException if ONNX Runtime refuses it, or it does not take token ids
   */
  @MustBeClosed
  static OnnxRuntimeModel load(byte[] file) {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      OrtSession session = environment.createSession(file, options);
      Set<String> inputs = session.getInputNames();
      if (!inputs.contains(IDS) || !KNOWN_INPUTS.containsAll(inputs)) {
        session.close();
        throw new InvalidModelException(
            "Expected a model with inputs %s and %s, found %s".formatted(IDS, MASK, inputs));
      }
      return new OnnxRuntimeModel(environment, session, session.getOutputNames().iterator().next());
    } catch (OrtException e) {
      throw new InvalidModelException("ONNX Runtime refuses the model: " + e.getMessage(), e);
    }
  }

  @Override
  public float[] run(int[] tokens) {
    long[] shape = {1, tokens.length};
    long[] ids = new long[tokens.length];
    long[] ones = new long[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      ids[i] = tokens[i];
      ones[i] = 1;
    }
    try (OnnxTensor idTensor = OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), shape);
        OnnxTensor mask = OnnxTensor.createTensor(environment, LongBuffer.wrap(ones), shape);
        OnnxTensor segments =
            OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[tokens.length]), shape)) {
      Map<String, OnnxTensor> inputs =
          new HashMap<>(Map.of(IDS, idTensor, MASK, mask, SEGMENTS, segments));
      inputs.keySet().retainAll(session.getInputNames());
      try (OrtSession.Result result = session.run(inputs, Set.of(output))) {
        FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
        float[] copy = new float[values.remaining()];
        values.get(copy);
        return copy;
      }
    } catch (OrtException e) {
      throw new InvalidModelException("The model fails on its input: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("Cannot close the ONNX Runtime session", e);
    }
  }
}
