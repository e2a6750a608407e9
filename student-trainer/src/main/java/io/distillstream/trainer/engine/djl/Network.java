package io.distillstream.trainer.engine.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.torch.NativeArrays;
import io.distillstream.trainer.engine.heap.NetworkWeights;
import io.distillstream.trainer.parameter.Parameter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A student's weights in native arrays that end with the step, of which gradients are taken: those
 * of all passes over texts add up. Borrows everything it is given.
 */
final class Network {
  private final NDManager step;
  private final NativeArrays arrays;
  private final NetworkWeights weights;
  private final boolean quantized;

  /** The dense parameters by name, in the layout's order. */
  private final Map<String, NDArray> dense = new LinkedHashMap<>();

  /** The heads' parameters by name. */
  private final Map<String, NDArray> heads = new LinkedHashMap<>();

  private boolean gradients;

  /**
   * @param quantized whether weights and activations are what 8 bits will leave of them
   */
  Network(NDManager step, NativeArrays arrays, NetworkWeights weights, boolean quantized) {
    this.step = step;
    this.arrays = arrays;
    this.weights = weights;
    this.quantized = quantized;
    float[][] denseValues = quantized ? weights.quantizedDense() : weights.dense();
    List<Parameter> parameters = weights.layout().parameters();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      dense.put(parameter.name(), arrays.copy(step, denseValues[i], shape(parameter)));
    }
    for (Parameter parameter : weights.heads().parameters()) {
      heads.put(
          parameter.name(),
          arrays.copy(step, weights.heads().weights(parameter), shape(parameter)));
    }
  }

  private static Shape shape(Parameter parameter) {
    return parameter.isMatrix()
        ? new Shape(parameter.rows(), parameter.columns())
        : new Shape(parameter.columns());
  }

  /** Has every pass from here on leave gradients by the weights. */
  void requireGradients() {
    dense.values().forEach(parameter -> parameter.setRequiresGradient(true));
    heads.values().forEach(head -> head.setRequiresGradient(true));
    gradients = true;
  }

  /** This network over some texts. The caller closes it, and with it all but the weights. */
  @MustBeClosed
  NetworkTexts over(ForwardPass pass) {
    Map<String, NDArray> parts = new HashMap<>(dense);
    parts.putAll(heads);
    return new NetworkTexts(
        step.newSubManager(), arrays, pass, weights, parts, quantized, gradients);
  }

  /**
   * Reads the gradients of all dense parameters, 0 where the loss does not depend on one.
   *
   * @param to an array per parameter of the layout
   */
  void readDenseGradients(float[][] to) {
    int i = 0;
    for (NDArray parameter : dense.values()) {
      NDArray gradient = parameter.getGradient();
      if (gradient == null) {
        Arrays.fill(to[i], 0);
      } else {
        NativeArrays.read(gradient, to[i]);
        gradient.close();
      }
      i++;
    }
  }

  Map<String, float[]> headGradients() {
    Map<String, float[]> gradients = new LinkedHashMap<>();
    heads.forEach((name, head) -> gradients.put(name, head.getGradient().toFloatArray()));
    return gradients;
  }
}
