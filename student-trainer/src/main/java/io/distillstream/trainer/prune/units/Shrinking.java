package io.distillstream.trainer.prune.units;

import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.parameter.TableRows;
import io.distillstream.trainer.prune.PruningMemory;
import io.distillstream.trainer.student.BlockShape;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import io.distillstream.trainer.student.TransformerSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Takes units out of a student: the same rows and columns of its weights, of their moments and of
 * their scores. Where what goes contributes nothing, the smaller student computes the same
 * function.
 */
public final class Shrinking {
  private static final int QUERY_KEY_VALUE = 3;

  private final StudentSpec from;
  private final StudentSpec to;

  /** By parameter; all are kept where there is no entry. */
  private final Map<String, int[]> rows = new HashMap<>();

  private final Map<String, int[]> columns = new HashMap<>();

  private Shrinking(StudentSpec from, StudentSpec to) {
    this.from = from;
    this.to = to;
  }

  /**
   * Takes out attention heads and feed-forward neurons.
   *
   * @param heads that stay, per block, ascending
   * @param neurons that stay, per block, ascending
   */
  static Shrinking ofBlocks(TransformerSpec from, List<int[]> heads, List<int[]> neurons) {
    List<BlockShape> shapes = new ArrayList<>();
    for (int block = 0; block < from.blocks().size(); block++) {
      shapes.add(new BlockShape(heads.get(block).length, neurons.get(block).length));
    }
    Shrinking shrinking = new Shrinking(from, from.withBlocks(shapes));
    for (int block = 0; block < shapes.size(); block++) {
      int before = from.blocks().get(block).heads();
      shrinking.keepHeads(Unit.Kind.HEAD.prefix(block), heads.get(block), before, from.headWidth());
      shrinking.keepNeurons(Unit.Kind.NEURON.prefix(block), neurons.get(block));
    }
    return shrinking;
  }

  /**
   * Takes out rows of the word table.
   *
   * @param kept rows that stay, ascending
   * @param left which of them each entry has
   */
  static Shrinking ofRows(StudentSpec from, int[] kept, TableRows left) {
    Shrinking shrinking = new Shrinking(from, from.withTableRows(left));
    shrinking.rows.put(StudentSpec.EMBEDDING, kept);
    return shrinking;
  }

  private void keepHeads(String prefix, int[] heads, int of, int width) {
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
  public StudentSpec spec() {
    return to;
  }

  public StudentWeights apply(StudentWeights weights) {
    Map<String, FloatTensor> kept = new HashMap<>();
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
    Map<String, FloatTensor> kept = new LinkedHashMap<>();
    for (Parameter parameter : from.parameters()) {
      FloatTensor scores = memory.scores().get(parameter.name());
      if (scores != null) {
        kept.put(parameter.name(), apply(parameter, scores));
      }
    }
    return new PruningMemory(memory.criterion(), kept, unprunedUnits);
  }

  private FloatTensor apply(Parameter parameter, FloatTensor tensor) {
    int[] keptRows = rows.get(parameter.name());
    int[] keptColumns = columns.get(parameter.name());
    FloatTensor kept = keptRows == null ? tensor : tensor.selectRows(keptRows);
    return keptColumns == null ? kept : selectColumns(parameter, kept, keptColumns);
  }

  private static FloatTensor selectColumns(Parameter parameter, FloatTensor tensor, int[] kept) {
    float[] values = tensor.values();
    int height = values.length / parameter.columns();
    float[] selected = new float[Math.multiplyExact(height, kept.length)];
    int at = 0;
    for (int row = 0; row < height; row++) {
      for (int column : kept) {
        selected[at++] = values[row * parameter.columns() + column];
      }
    }
    int[] shape = parameter.isMatrix() ? new int[] {height, kept.length} : new int[] {kept.length};
    return new FloatTensor(shape, selected);
  }
}
