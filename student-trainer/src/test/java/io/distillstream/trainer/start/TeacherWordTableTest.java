package io.distillstream.trainer.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TeacherWordTableTest {

  @Test
  void shouldFindTheTableThatTokensPickFrom() {
    TeacherWordTable table = TeacherWordTable.of(encoder("input_ids"));
    assertThat(table.rows()).isEqualTo(3);
    assertThat(table.width()).isEqualTo(2);
    assertThat(table.values()).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void shouldSayWhenThereIsNone() {
    assertThatThrownBy(() -> TeacherWordTable.of(encoder("token_type_ids")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("input_ids");
  }

  @Test
  void shouldSelectRowsByTheirWords() {
    TeacherWordTable table = new TeacherWordTable(3, 2, new float[] {1, 2, 3, 4, 5, 6});
    List<String> names = List.of("a", "b", "c");
    assertThat(table.select(names, List.of("c", "a")).values()).containsExactly(5, 6, 1, 2);
    assertThatThrownBy(() -> table.select(names, List.of("a", "d"))).hasMessageContaining("\"d\"");
    assertThatThrownBy(() -> table.select(List.of("a"), names)).hasMessageContaining("3 rows");
  }

  @Test
  void shouldReadTheEncodersWords() throws Exception {
    TeacherWordTable table = TeacherWordTable.ofMiniLm();
    assertThat(table.rows()).isEqualTo(30_522);
    assertThat(table.width()).isEqualTo(384);
    // Inflections lie closer together than words that have nothing to do with each other:
    // dog 3899, dogs 6077, treaty 5036.
    assertThat(cosine(table, 3899, 6077)).isGreaterThan(cosine(table, 3899, 5036) + 0.2);
  }

  private static double cosine(TeacherWordTable table, int a, int b) {
    double product = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (int j = 0; j < table.width(); j++) {
      double x = table.values()[a * table.width() + j];
      double y = table.values()[b * table.width() + j];
      product += x * y;
      squaresA += x * x;
      squaresB += y * y;
    }
    return product / Math.sqrt(squaresA * squaresB);
  }

  private static OnnxModel encoder(String index) {
    GraphBuilder graph = GraphBuilder.named("encoder");
    graph.input(index, ElementType.INT64, Dimension.of("batch"));
    graph.output("out", ElementType.FLOAT32, Dimension.of("batch"), Dimension.of(2));
    graph.initializer(
        io.distillstream.onnx.Tensor.float32("words", new float[] {1, 2, 3, 4, 5, 6}, 3, 2));
    graph.node("Gather", List.of("words", index), "out");
    return graph.build(Map.of());
  }
}
