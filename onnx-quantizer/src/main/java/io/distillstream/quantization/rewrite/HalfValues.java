package io.distillstream.quantization.rewrite;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.ElementType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The activations of one rewriting that are there in fp16. Each is there in fp32 as well, by a
 * Cast, as long as a node needs it so.
 *
 * <p>Nodes between fp16 layers compute in fp16 if they lose nothing by it that their inputs have
 * not lost: those that move, choose, or combine values element by element. Whatever sums over many
 * values or goes through powers stays in fp32: Softmax, normalizations, means, Erf, Exp, Pow.
 */
public final class HalfValues {
  /** What they take beside their first input is no activation. */
  private static final Set<String> MOVES =
      Set.of(
          "Reshape",
          "Flatten",
          "Transpose",
          "Squeeze",
          "Unsqueeze",
          "Identity",
          "Slice",
          "MaxPool");

  /** All they take is of one type. */
  private static final Set<String> COMBINES =
      Set.of("Add", "Sub", "Mul", "Concat", "Relu", "LeakyRelu", "Tanh", "Sigmoid");

  private final WeightStore weights;
  private final Set<String> halves = new HashSet<>();

  public HalfValues(WeightStore weights) {
    this.weights = weights;
  }

  /** A value in fp16, constant or not. */
  public String of(String value, RewrittenGraph out) {
    if (weights.constants().tensor(value).isPresent()) {
      return weights.writeHalf(value, out);
    }
    if (halves.add(value)) {
      out.value("Cast", List.of(value), half(value), Attribute.castTo(ElementType.FLOAT16));
    }
    return out.name(half(value));
  }

  /** Writes a node that gives fp16; its result is there in both widths then. */
  public void write(NodeProto node, RewrittenGraph out) {
    String output = node.getOutput(0);
    String half = out.name(half(output));
    out.keep(node.toBuilder().setOutput(0, half).build());
    out.node("Cast", List.of(half), output, Attribute.castTo(ElementType.FLOAT32));
    halves.add(output);
  }

  /** Writes a node that uses no layer, if fp16 is right for it. */
  public boolean keep(NodeProto node, RewrittenGraph out) {
    if (!node.getDomain().isEmpty()
        || node.getOutputCount() != 1
        || node.getInputList().stream().noneMatch(halves::contains)) {
      return false;
    }
    NodeProto.Builder half = node.toBuilder();
    if (MOVES.contains(node.getOpType())) {
      half.setInput(0, of(node.getInput(0), out));
    } else if (COMBINES.contains(node.getOpType())) {
      for (int i = 0; i < node.getInputCount(); i++) {
        half.setInput(i, of(node.getInput(i), out));
      }
    } else {
      return false;
    }
    write(half.build(), out);
    return true;
  }

  private static String half(String value) {
    return value + "/half";
  }
}
