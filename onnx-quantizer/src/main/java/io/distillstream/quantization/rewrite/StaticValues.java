package io.distillstream.quantization.rewrite;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.calibrate.ActivationRanges;
import io.distillstream.quantization.calibrate.distribution.Range;
import io.distillstream.quantization.layer.Constants;
import io.distillstream.quantization.layer.Consumers;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The activations of one rewriting that are on a grid of 8 bits, by ranges that calibration found:
 * each is followed by QuantizeLinear and DequantizeLinear, which an engine fuses with the nodes
 * around into integer kernels.
 *
 * <p>Where a result is on a grid already, nodes that only move values keep it on the same one, and
 * additions of such results are put on their own, so that chains of convolutions stay integer.
 */
public final class StaticValues {
  /** Their results hold nothing but values of their first input. */
  static final Set<String> MOVES =
      Set.of("MaxPool", "Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Identity");

  /** ONNX Runtime has integer kernels for them. */
  static final Set<String> COMPUTES =
      Set.of("Add", "Concat", "AveragePool", "GlobalAveragePool", "Relu");

  private final ActivationRanges ranges;
  private final Consumers consumers;
  private final Constants constants;
  private final Map<String, Grid> grids = new HashMap<>();
  private final Map<String, String> inputs = new HashMap<>();
  private final Set<String> absorbed = new HashSet<>();
  private final Map<String, String> subtractions = new HashMap<>();

  /**
   * How values become 8-bit integers.
   *
   * @param scale of a step
   * @param zeroPoint that stands for zero
   */
  public record Grid(float scale, int zeroPoint) {
    private static final int STEPS = 255;

    /** The finest that has the range and zero on it. */
    public static Grid over(Range range) {
      float min = Math.min(range.min(), 0);
      float max = Math.max(range.max(), 0);
      float scale = (max - min) / STEPS;
      if (scale < Float.MIN_NORMAL) {
        return new Grid(1, 0);
      }
      return new Grid(scale, Math.min(STEPS, (int) Math.rint(-min / scale)));
    }
  }

  public StaticValues(ActivationRanges ranges, Consumers consumers, Constants constants) {
    this.ranges = ranges;
    this.constants = constants;
    this.consumers = consumers;
  }

  public ActivationRanges ranges() {
    return ranges;
  }

  /** Whether the grid of this value is known. */
  public boolean knows(String value) {
    return ranges.of(value).isPresent();
  }

  /** The value that a node's result becomes, were its range cut by a rectifier that follows it. */
  public String rectified(String value) {
    return consumers
        .rectifier(value)
        .map(relu -> relu.getOutput(0))
        .filter(result -> ranges.of(result).filter(range -> range.min() >= 0).isPresent())
        .orElse(value);
  }

  /** The grid of a value whose range is known. */
  public Grid grid(String value) {
    return Optional.ofNullable(grids.get(value))
        .orElseGet(() -> Grid.over(ranges.of(value).orElseThrow()));
  }

  /** A value on its grid, in fp32. */
  public String input(String value, RewrittenGraph out) {
    if (grids.containsKey(value)) {
      return value;
    }
    String known = inputs.get(value);
    if (known == null) {
      known = out.name(value + "/on_grid");
      inputs.put(value, known);
      put(value, known, grid(value), out);
    }
    return known;
  }

  /**
   * Writes a node and puts its result on a grid, that of the rectifier behind it if there is one:
   * zero is that grid's lowest point, so that it takes the rectifier's place.
   */
  public void writeOnGrid(NodeProto node, RewrittenGraph out) {
    String value = node.getOutput(0);
    String target = rectified(value);
    if (!target.equals(value)) {
      absorbed.add(target);
    }
    writeOn(node, target, grid(target), out);
  }

  /** Writes a node whose result is put on a grid only if a rectifier can be done by it. */
  public void writeRectified(NodeProto node, RewrittenGraph out) {
    if (rectified(node.getOutput(0)).equals(node.getOutput(0))) {
      out.keep(node);
    } else {
      writeOnGrid(node, out);
    }
  }

  private void writeOn(NodeProto node, String target, Grid grid, RewrittenGraph out) {
    String raw = out.name(node.getOutput(0) + "/exact");
    out.keep(node.toBuilder().setOutput(0, raw).build());
    put(raw, target, grid, out);
    grids.put(target, grid);
  }

  /** Lets an Add of a constant to this value become a subtraction of its negative. */
  public void subtractBiasBehind(String value) {
    consumers
        .only(value)
        .filter(node -> node.getOpType().equals("Add"))
        .ifPresent(add -> subtractions.put(add.getOutput(0), value));
  }

  private static void put(String value, String target, Grid grid, RewrittenGraph out) {
    String scale = out.constant(target + "/scale", n -> Tensor.scalar(n, grid.scale()));
    String zero =
        out.constant(
            target + "/zero_point", n -> Tensor.uint8(n, new byte[] {(byte) grid.zeroPoint()}));
    String integers =
        out.value("QuantizeLinear", List.of(value, scale, zero), target + "/quantized");
    out.node("DequantizeLinear", List.of(integers, scale, zero), target);
  }

  /** Writes a node that uses no layer. */
  public void keep(NodeProto node, RewrittenGraph out) {
    String output = node.getOutput(0);
    if (absorbed.contains(output) || subtracts(node, out)) {
      return;
    }
    if (!node.getDomain().isEmpty() || node.getOutputCount() != 1) {
      out.keep(node);
    } else if (MOVES.contains(node.getOpType()) && grids.containsKey(node.getInput(0))) {
      writeOn(node, output, grids.get(node.getInput(0)), out);
    } else if (COMPUTES.contains(node.getOpType())
        && grids.keySet().containsAll(node.getInputList())
        && knows(rectified(output))) {
      writeOnGrid(node, out);
    } else {
      out.keep(node);
    }
  }

  private boolean subtracts(NodeProto node, RewrittenGraph out) {
    String product = subtractions.get(node.getOutput(0));
    if (product == null) {
      return false;
    }
    String other = node.getInput(node.getInput(0).equals(product) ? 1 : 0);
    Optional<Tensor> bias = constants.tensor(other);
    bias.ifPresent(
        found -> {
          String negative =
              out.constant(
                  other + "/negative",
                  name -> Tensor.float32(name, negated(found.floats()), found.shape()));
          out.node("Sub", List.of(product, negative), node.getOutput(0));
        });
    return bias.isPresent();
  }

  private static float[] negated(float[] values) {
    float[] negated = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      negated[i] = -values[i];
    }
    return negated;
  }
}
