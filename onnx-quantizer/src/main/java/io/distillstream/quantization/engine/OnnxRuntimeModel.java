package io.distillstream.quantization.engine;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * A model loaded into ONNX Runtime on the processor.
 *
 * <p>Owns the native session; the environment belongs to the process. Tensors live for one call.
 */
public final class OnnxRuntimeModel implements LoadedModel {
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final Map<String, OnnxJavaType> inputTypes;

  private OnnxRuntimeModel(
      OrtEnvironment environment, OrtSession session, Map<String, OnnxJavaType> inputTypes) {
    this.environment = environment;
    this.session = session;
    this.inputTypes = inputTypes;
  }

  /** Runs on one thread, as a device does. */
  @MustBeClosed
  public static OnnxRuntimeModel load(OnnxModel model) {
    return load(model, 1);
  }

  /**
   * Loads a model.
   *
   * @param threads that share the work of one call
   * @throws InvalidModelException if ONNX Runtime refuses it
   */
  @MustBeClosed
  public static OnnxRuntimeModel load(OnnxModel model, int threads) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      // Waiting threads would slow down whatever else is measured beside it.
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      OrtSession session = Sessions.open(model, options);
      try {
        return new OnnxRuntimeModel(
            OrtEnvironment.getEnvironment(), session, types(session.getInputInfo()));
      } catch (OrtException | InvalidModelException e) {
        session.close();
        throw e;
      }
    } catch (OrtException e) {
      throw Refusal.of(e);
    }
  }

  private static Map<String, OnnxJavaType> types(Map<String, NodeInfo> inputs) {
    Map<String, OnnxJavaType> types = new LinkedHashMap<>();
    inputs.forEach(
        (name, node) -> {
          if (!(node.getInfo() instanceof TensorInfo tensor)) {
            throw new InvalidModelException(
                "Input %s is not a tensor; sequences and maps are not supported".formatted(name));
          }
          types.put(name, tensor.type);
        });
    return types;
  }

  @Override
  public Set<String> inputNames() {
    return session.getInputNames();
  }

  @Override
  public Set<String> outputNames() {
    return session.getOutputNames();
  }

  @Override
  public Map<String, TensorValue> run(Sample sample) {
    Map<String, TensorValue> outputs = new LinkedHashMap<>();
    visit(sample, outputs::put);
    return outputs;
  }

  /**
   * Hands over all outputs for one sample, by name, in the order of the graph. Each is copied to
   * the heap as it is handed over, so that a visitor that keeps none needs room for one at a time.
   *
   * @throws InvalidModelException as {@link #run} does
   */
  public void visit(Sample sample, BiConsumer<String, TensorValue> visitor) {
    Map<String, OnnxTensor> feeds = new HashMap<>();
    try {
      for (Map.Entry<String, OnnxJavaType> input : inputTypes.entrySet()) {
        TensorValue value = sample.inputs().get(input.getKey());
        if (value == null) {
          throw new InvalidModelException(
              "The sample lacks the input %s; it has %s"
                  .formatted(input.getKey(), sample.inputs().keySet()));
        }
        feeds.put(
            input.getKey(), NativeTensors.of(environment, value, input.getValue(), input.getKey()));
      }
      try (OrtSession.Result result = session.run(feeds)) {
        for (Map.Entry<String, OnnxValue> output : result) {
          visitor.accept(output.getKey(), NativeTensors.copy(output.getValue(), output.getKey()));
        }
      }
    } catch (OrtException e) {
      throw Refusal.ofRun(e);
    } finally {
      feeds.values().forEach(OnnxTensor::close);
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
