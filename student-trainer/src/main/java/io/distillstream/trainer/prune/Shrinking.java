package io.distillstream.trainer.prune;

import io.distillstream.trainer.student.BlockShape;
import io.distillstream.trainer.student.Parameter;
import io.distillstream.trainer.student.StudentWeights;
import io.distillstream.trainer.student.Tensor;
import io.distillstream.trainer.student.TransformerSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Takes attention heads and feed-forward neurons out of a student: the same rows and columns of its
 * weights, of their moments and of their scores. Where what goes contributes nothing, the smaller
 * student computes the same function.
 */
public final class Shrinking {
  private static final int QUERY_KEY_VALUE = 3;

  private final TransformerSpec from;
  private final TransformerSpec to;

  /** By parameter; all are kept where there is no entry. */
  private final Map<String, int[]> rows = new HashMap<>();

  private final Map<String, int[]> columns = new HashMap<>();

  /**
   * @param heads that stay, per block, ascending
   * @param neurons that stay, per block, ascending
   */
  Shrinking(TransformerSpec from, List<int[]> heads, List<int[]> neurons) {
    this.from = from;
    List<BlockShape> shapes = new ArrayList<>();
    for (int block = 0; block < from.blocks().size(); block++) {
      shapes.add(new BlockShape(heads.get(block).length, neurons.get(block).length));
      keepHeads(Unit.Kind.HEAD.prefix(block), heads.get(block), from.blocks().get(block).heads());
      keepNeurons(Unit.Kind.NEURON.prefix(block), neurons.get(block));
    }
    this.to = from.withBlocks(shapes);
  }

  private void keepHeads(String prefix, int[] heads, int of) {
    int width = from.headWidth();
    int[] inner =
        IntStream.of(heads)
            .flatMap(head -> IntStream.range(head * width, (head + 1) * width))
            .toArray();
    int[] input =
        IntStream.range(0, QUERY_KEY_VALUE)
            .flatMap(part -> IntStream.of(inner).map(i -> part * of * width + i))
            .toArray();
    columns.put(prefix + "input.weight", input);
    columns.put(prefix + "input.bias", input);
    rows.put(prefix + "output.weight", inner);
  }

  private void keepNeurons(String prefix, int[] neurons) {
    columns.put(prefix + "inner.weight", neurons);
    columns.put(prefix + "inner.bias", neurons);
    rows.put(prefix + "outer.weight", neurons);
  }

  /** The shape that is left. */
  public TransformerSpec spec() {
    return to;
  }

  public StudentWeights apply(StudentWeights weights) {
    Map<String, Tensor> kept = new HashMap<>();
    for (Parameter parameter : from.parameters()) {
      kept.put(parameter.name(), apply(parameter, weights.get(parameter.name())));
    }
    return new StudentWeights(to, parameter -> kept.get(parameter.name()));
  }

  /**
   * What is left to remember.
   *
   * @param unprunedUnits see {@link PruningMemory#unprunedUnits}
   */
  public PruningMemory apply(PruningMemory memory, long unprunedUnits) {
    Map<String, Tensor> kept = new LinkedHashMap<>();
    for (Parameter parameter : from.parameters()) {
      Tensor scores = memory.scores().get(parameter.name());
      if (scores != null) {
        kept.put(parameter.name(), apply(parameter, scores));
      }
    }
    return new PruningMemory(memory.criterion(), kept, unprunedUnits);
  }

  private Tensor apply(Parameter parameter, Tensor tensor) {
    int[] keptRows = rows.get(parameter.name());
    int[] keptColumns = columns.get(parameter.name());
    if (keptRows == null && keptColumns == null) {
      return tensor;
    }
    int height = Math.max(1, parameter.rows());
    int[] y = keptRows == null ? IntStream.range(0, height).toArray() : keptRows;
    int[] x = keptColumns == null ? IntStream.range(0, parameter.columns()).toArray() : keptColumns;
    float[] values = new float[Math.multiplyExact(y.length, x.length)];
    int at = 0;
    for (int row : y) {
      for (int column : x) {
        values[at++] = tensor.values()[row * parameter.columns() + column];
      }
    }
    int[] shape = parameter.isMatrix() ? new int[] {y.length, x.length} : new int[] {x.length};
    return new Tensor(shape, values);
  }
}
