package io.distillstream.quantization.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.data.InvalidSamplesException;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.data.Models;
import io.distillstream.quantization.data.Reading;
import io.distillstream.quantization.engine.TensorValue;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvTest {
  private static final OnnxModel TEXT = Models.ofTokens(Dimension.of("length"), true);
  private static final OnnxModel THREE =
      Models.of(ElementType.FLOAT32, Dimension.of("batch"), Dimension.of(3));

  @TempDir Path folder;
  private Reading reading = new Reading(Path.of("."));

  @BeforeEach
  void useFolder() {
    reading = new Reading(folder);
  }

  @Test
  void shouldReadTextsAndLabels() {
    List<LabelledSample> read =
        reading.read(
            "a.csv",
            "\uFEFFlabel,text,note\nsport,\"good, \"\"bad\"\"\nday\",x\n\n2, day ,y\n",
            TEXT);

    assertThat(read).hasSize(2);
    assertThat(read.get(0).text()).isEqualTo(Optional.of("good, \"bad\"\nday"));
    assertThat(read.get(0).label()).isEqualTo(OptionalInt.of(0));
    assertThat(Reading.input(read.get(1), "input_ids").longs()).containsExactly(2, 6, 3);
    assertThat(read.get(1).text()).isEqualTo(Optional.of(" day "));
    assertThat(read.get(1).label()).isEqualTo(OptionalInt.of(2));
  }

  @Test
  void shouldTakeTextsAsOtherCommandsDo() {
    assertThat(reading.read("a.csv", "text,label\ngood day, sport \nbad day,\n", TEXT))
        .extracting(LabelledSample::label)
        .containsExactly(OptionalInt.of(0), OptionalInt.empty());
    assertThatThrownBy(() -> reading.read("a.csv", "text,label\ngood day\n", TEXT))
        .isInstanceOf(InvalidSamplesException.class)
        .hasMessageContaining("a.csv, line 2: expected 2 cells, as the header has; found 1");
    assertThatThrownBy(() -> reading.read("a.csv", "text,label\n ,sport\n", TEXT))
        .isInstanceOf(InvalidSamplesException.class)
        .hasMessageContaining("a.csv, line 2: 'text' is missing or blank");
  }

  @Test
  void shouldReadColumnsOfNumbers() {
    List<LabelledSample> read =
        reading.read("a.csv", "a,label,b,c\n1,4,-2.5,3e-2\n4,0,5,6\n", THREE);

    TensorValue first = Reading.input(read.get(0), "x");
    assertThat(first.shape()).containsExactly(1, 3);
    assertThat(first.floats()).containsExactly(1, -2.5f, 0.03f);
    assertThat(read.get(0).label()).isEqualTo(OptionalInt.of(4));
    assertThat(Reading.input(read.get(1), "x").floats()).containsExactly(4, 5, 6);
  }

  @Test
  void shouldFillTheAxesOfAnImage() {
    OnnxModel image =
        Models.of(
            ElementType.INT32,
            Dimension.of("batch"),
            Dimension.of(1),
            Dimension.of("height"),
            Dimension.of(2));

    List<LabelledSample> read = reading.read("a.csv", "a,b,c,d\n1,2,3,4\n", image);

    assertThat(Reading.input(read.get(0), "x").shape()).containsExactly(1, 1, 2, 2);
    assertThat(Reading.input(read.get(0), "x").longs()).containsExactly(1, 2, 3, 4);
    assertThat(read.get(0).label()).isEmpty();
  }

  @Test
  void shouldSayWhatIsWrongWhere() {
    assertThatThrownBy(() -> reading.read("a.csv", "a,b,c\n1,2,3\n1,x,3\n", THREE))
        .isInstanceOf(InvalidSamplesException.class)
        .hasMessageContaining("a.csv, line 3: expected column b to be a number, got \"x\"");
    assertThatThrownBy(() -> reading.read("a.csv", "a,b,c\n1,2\n", THREE))
        .hasMessageContaining("a.csv, line 2: expected 3 cells, as the header has; found 2");
    assertThatThrownBy(() -> reading.read("a.csv", "a,b\n1,2\n", THREE))
        .hasMessageContaining("2 columns of numbers do not fill the input x FLOAT32 [batch, 3]");
    assertThatThrownBy(() -> reading.read("a.csv", "a,a,b\n1,2,3\n", THREE))
        .hasMessageContaining("must name each column once");
    assertThatThrownBy(() -> reading.read("a.csv", "a,b\n1,2\n", TEXT))
        .hasMessageContaining("expected a column named text")
        .hasMessageContaining("input_ids INT64 [batch, length]");
    assertThatThrownBy(() -> reading.read("a.csv", "text\n\"never closed\n", TEXT))
        .isInstanceOf(InvalidSamplesException.class)
        .hasMessageContaining("a.csv, line ");
    assertThatThrownBy(
            () ->
                reading.read(
                    "a.csv", new byte[] {'t', 'e', 'x', 't', '\n', (byte) 0xE4, '\n'}, TEXT))
        .isInstanceOf(InvalidSamplesException.class)
        .hasMessageContaining("UTF-8");
  }
}
