package io.distillstream.trainer.engine.djl;

import static java.util.Objects.requireNonNull;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.trainer.student.CausalGraph;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** The per-token graph in ONNX Runtime as a device runs it: one token in, state carried along. */
final class RecurrentStudent implements AutoCloseable {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final int batch;

  /** By the names of the inputs. */
  private final Map<String, float[]> state = new LinkedHashMap<>();

  RecurrentStudent(OnnxModel model, int batch) throws OrtException {
    this.session = environment.createSession(model.bytes());
    this.batch = batch;
    for (String input : session.getInputNames()) {
      if (input.startsWith(CausalGraph.STATE)) {
        state.put(input, new float[(int) Arrays.stream(shape(input)).reduce(1, (a, b) -> a * b)]);
      }
    }
  }

  private long[] shape(String input) throws OrtException {
    long[] shape =
        ((TensorInfo) requireNonNull(session.getInputInfo().get(input)).getInfo()).getShape();
    shape[0] = batch;
    return shape;
  }

  /** Number of values carried from call to call. */
  int stateSize() {
    return state.values().stream().mapToInt(values -> values.length).sum();
  }

  /** Logits {@code [batch, words]} after one more token of each text. */
  float[][] next(long... tokens) throws OrtException {
    Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
    try {
      inputs.put("input_ids", OnnxTensor.createTensor(environment, tokens));
      for (Map.Entry<String, float[]> part : state.entrySet()) {
        inputs.put(
            part.getKey(),
            OnnxTensor.createTensor(
                environment, FloatBuffer.wrap(part.getValue()), shape(part.getKey())));
      }
      try (OrtSession.Result result = session.run(inputs)) {
        for (String input : state.keySet()) {
          String output = CausalGraph.NEXT + input.substring(CausalGraph.STATE.length());
          FloatBuffer next = ((OnnxTensor) result.get(output).orElseThrow()).getFloatBuffer();
          next.get(state.get(input));
        }
        return (float[][]) result.get("logits").orElseThrow().getValue();
      }
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
