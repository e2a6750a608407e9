package io.distillstream.trainer.start;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The word vectors of a teacher, {@code [rows, width]}, row-major; one row per word piece.
 *
 * @param values to be read only
 */
@SuppressWarnings("ArrayRecordComponent")
public record TeacherWordTable(int rows, int width, float[] values) {
  private static final String MINI_LM = "/all-minilm-l6-v2.onnx";

  public TeacherWordTable {
    if (rows < 1 || width < 1 || (long) rows * width != values.length) {
      throw new IllegalArgumentException(
          "expected %d rows of %d values, got %d values".formatted(rows, width, values.length));
    }
  }

  /** Of the all-MiniLM-L6-v2 encoder on the class path, {@code [30522, 384]}. */
  public static TeacherWordTable ofMiniLm() throws IOException {
    try (InputStream in = TeacherWordTable.class.getResourceAsStream(MINI_LM)) {
      if (in == null) {
        throw new IOException("the encoder is not on the class path: " + MINI_LM);
      }
      return of(OnnxModel.read(in));
    }
  }

  /**
   * Of any encoder in ONNX: the constant that the input {@code input_ids} picks rows from.
   *
   * @throws IllegalArgumentException if there is no such constant, or not exactly one
   */
  public static TeacherWordTable of(OnnxModel encoder) {
    List<Tensor> tables =
        encoder.nodes().stream()
            .filter(node -> node.getOpType().equals("Gather") && indexedByIds(node))
            .flatMap(node -> encoder.initializer(node.getInput(0)).stream())
            .filter(table -> table.type() == ElementType.FLOAT32 && table.dims().size() == 2)
            .toList();
    if (tables.size() != 1) {
      throw new IllegalArgumentException(
          "expected one fp32 table that input_ids picks rows from, found " + tables);
    }
    Tensor table = tables.get(0);
    return new TeacherWordTable(
        Math.toIntExact(table.dims().get(0)), Math.toIntExact(table.dims().get(1)), table.floats());
  }

  /**
   * The rows of these word pieces, in their order.
   *
   * @param names the word piece of each of this table's rows
   * @throws IllegalArgumentException if there are more or fewer names than rows, or one of the
   *     pieces is not among them
   */
  public TeacherWordTable select(List<String> names, List<String> pieces) {
    if (names.size() != rows) {
      throw new IllegalArgumentException(
          "%d word pieces name the %d rows of the word table".formatted(names.size(), rows));
    }
    if (names.equals(pieces)) {
      return this;
    }
    Map<String, Integer> rowOf = new HashMap<>();
    for (int row = 0; row < rows; row++) {
      rowOf.put(names.get(row), row);
    }
    float[] selected = new float[Math.multiplyExact(pieces.size(), width)];
    for (int to = 0; to < pieces.size(); to++) {
      Integer row = rowOf.get(pieces.get(to));
      if (row == null) {
        throw new IllegalArgumentException(
            "the word table has no row for the student's word piece \"%s\""
                .formatted(pieces.get(to)));
      }
      System.arraycopy(values, row * width, selected, to * width, width);
    }
    return new TeacherWordTable(pieces.size(), width, selected);
  }

  private static boolean indexedByIds(NodeProto node) {
    return node.getInput(1).equals("input_ids");
  }
}
