package io.distillstream.quantization.optimize.memory;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.ValueSizes;
import io.distillstream.quantization.optimize.pass.Nodes;
import java.util.stream.Stream;

/**
 * How much memory a model needs while it answers one sample, if every buffer is used again as soon
 * as nothing needs what is in it. What an engine takes for itself and for scratch space comes on
 * top.
 *
 * <p>The caller's inputs live from the beginning to the end, outputs from their node to the end.
 * Operators that only change the shape share their input's buffer; operators that work element by
 * element write over an operand that nothing needs afterwards. Bodies of control flow are not
 * looked into.
 *
 * @param weightBytes all constants, as the file holds them
 * @param peakActivationBytes the most that inputs, outputs and intermediate values take at a time,
 *     in the order in which the file has its nodes
 * @param peakNode the node at which that is, by name and operator
 * @param reorderedPeakBytes the same in another order, chosen greedily, if that is less; otherwise
 *     {@code peakActivationBytes}. The least over all orders is NP-hard to find.
 */
public record MemoryPlan(
    long weightBytes, long peakActivationBytes, String peakNode, long reorderedPeakBytes) {

  /**
   * The plan for one sample; the model runs once to find how large every value is.
   *
   * @throws InvalidModelException if ONNX Runtime refuses the model or fails on the sample
   */
  public static MemoryPlan of(OnnxModel model, Sample sample) {
    ActivationBuffers buffers = new ActivationBuffers(model, ValueSizes.of(model, sample));
    ActivationBuffers.Peak inOrder = buffers.peak(model.nodes());
    ActivationBuffers.Peak greedy = buffers.peak(buffers.greedyOrder());
    return new MemoryPlan(
        weightBytes(model),
        inOrder.bytes(),
        inOrder.node(),
        Math.min(inOrder.bytes(), greedy.bytes()));
  }

  /** Weights and activations together. */
  public long totalBytes() {
    return weightBytes + peakActivationBytes;
  }

  /** One sentence on whether the order of the nodes costs memory. */
  public String orderStatement() {
    return reorderedPeakBytes < peakActivationBytes
        ? "Another order of the nodes would take %d bytes instead of %d"
            .formatted(reorderedPeakBytes, peakActivationBytes)
        : "No order that takes less was found; the nodes stay in theirs";
  }

  private static long weightBytes(OnnxModel model) {
    Stream<TensorProto> constants =
        model.nodes().stream()
            .filter(node -> Nodes.is(node, "Constant"))
            .flatMap(node -> node.getAttributeList().stream())
            .map(AttributeProto::getT);
    return Stream.concat(model.proto().getGraph().getInitializerList().stream(), constants)
        .mapToLong(TensorProto::getSerializedSize)
        .sum();
  }
}
