package io.distillstream.quantization.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.data.InvalidSamplesException;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.data.Models;
import io.distillstream.quantization.data.Reading;
import io.distillstream.quantization.data.SampleOptions;
import io.distillstream.quantization.data.Samples;
import io.distillstream.quantization.data.source.SamplesFrom;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonLinesTest {
  private static final OnnxModel TEXT = Models.ofTokens(Dimension.of("length"), true);
  private static final OnnxModel NUMBERS =
      Models.of(ElementType.FLOAT32, Dimension.of("batch"), Dimension.of(2), Dimension.of("n"));

  @TempDir Path folder;
  private Reading reading = new Reading(Path.of("."));

  @BeforeEach
  void useFolder() {
    reading = new Reading(folder);
  }

  @Test
  void shouldTurnTextsIntoTokensAsTheModelsMetadataSays() {
    List<LabelledSample> read =
        reading.read(
            "a.jsonl",
            """
            \uFEFF{"text": "good day", "label": "weather", "source": "x"}

            {"text": "Bad bad, bad day", "label": 1}
            {"text": "day"}
            """,
            TEXT);

    assertThat(read).hasSize(3);
    assertThat(longs(read.get(0), "input_ids")).containsExactly(2, 4, 6, 3);
    assertThat(longs(read.get(0), "attention_mask")).containsExactly(1, 1, 1, 1);
    assertThat(read.get(0).label()).isEqualTo(OptionalInt.of(2));
    assertThat(read.get(0).text()).isEqualTo(Optional.of("good day"));
    assertThat(longs(read.get(1), "input_ids")).containsExactly(2, 5, 5, 3);
    assertThat(read.get(1).label()).isEqualTo(OptionalInt.of(1));
    assertThat(Reading.input(read.get(2), "input_ids").shape()).containsExactly(1, 3);
    assertThat(read.get(2).label()).isEmpty();
  }

  @Test
  void shouldPadToTheLengthThatTheModelFixes() {
    List<LabelledSample> read =
        reading.read("a.jsonl", "{\"text\": \"day\"}", Models.ofTokens(Dimension.of(6), true));

    assertThat(longs(read.get(0), "input_ids")).containsExactly(2, 6, 3, 0, 0, 0);
    assertThat(longs(read.get(0), "attention_mask")).containsExactly(1, 1, 1, 0, 0, 0);
  }

  @Test
  void shouldUseTheTokenizerOfAFile() throws IOException {
    Path tokenizer = folder.resolve("tokenizer.json");
    try (OutputStream out = Files.newOutputStream(tokenizer)) {
      new WordPieceTokenizer(Models.VOCABULARY).writeTokenizerJson(out);
    }
    Path file = reading.write("a.ndjson", "{\"text\": \"good day day\"}");
    OnnxModel model = Models.ofTokens(Dimension.of("length"), false);

    List<LabelledSample> read =
        Reading.read(file, model, SampleOptions.DEFAULT.withTokenizer(tokenizer).withMaxTokens(3));

    assertThat(longs(read.get(0), "input_ids")).containsExactly(2, 4, 3);
    assertThatThrownBy(() -> Reading.read(file, model, SampleOptions.DEFAULT))
        .hasMessageContaining("give its tokenizer.json");
  }

  @Test
  void shouldReadTensorsWithAndWithoutABatchAxis() {
    List<LabelledSample> read =
        reading.read(
            "a.jsonl",
            """
            {"inputs": {"x": [[1, 2.5, -3e2], [4, 5, 6]]}, "label": 7}
            {"inputs": {"x": [[[1], [2]]], "other": 1}}
            """,
            NUMBERS);

    TensorValue first = Reading.input(read.get(0), "x");
    assertThat(first.shape()).containsExactly(1, 2, 3);
    assertThat(first.floats()).containsExactly(1, 2.5f, -300, 4, 5, 6);
    assertThat(read.get(0).label()).isEqualTo(OptionalInt.of(7));
    assertThat(Reading.input(read.get(1), "x").shape()).containsExactly(1, 2, 1);
  }

  @Test
  void shouldReadTruthValues() {
    List<LabelledSample> read =
        reading.read(
            "a.jsonl",
            "{\"inputs\": {\"x\": [true, 0, 1]}}",
            Models.of(ElementType.BOOL, Dimension.of("batch"), Dimension.of(3)));

    assertThat(Reading.input(read.get(0), "x").longs()).containsExactly(1, 0, 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "{\"inputs\": {\"x\": [[1, 2], [3]]}} | ragged: axis 1 has 2 elements and then 1",
        "{\"inputs\": {\"x\": [[1, 2], 3]}} | ragged: axis 1 has 2 elements and then a single"
            + " value",
        "{\"inputs\": {\"x\": [[1], [\"2\"]]}} | expected a number, got \"2\"",
        "{\"inputs\": {\"x\": [[[1]]]}} | input x takes [batch, 2, n], with or without the first"
            + " axis; got [1, 1, 1]",
        "{\"inputs\": {\"x\": 1}} | input x takes [batch, 2, n]",
        "{\"inputs\": {\"z\": [1]}} | lacks x FLOAT32 [batch, 2, n]",
        "{\"text\": \"a\"} | The model takes [x], which cannot be made of a text",
        "{\"text\": 1} | 'text' is not a string",
        "{\"note\": 1} | expected an object with \"text\"",
        "[1] | expected a JSON object",
        "{\"inputs\": {\"x\": [[1], [2]]}, \"label\": \"a\"} | the model names none, got \"a\"",
        "{\"inputs\": {\"x\": [[1], [2]]}, \"label\": 1.5} | 'label' is not a string or a whole"
            + " number",
        "{\"inputs\": {\"x\": [[1], [2]]}, \"label\": -1} | a class as a number from 0 on",
        "{\"inputs\": | not JSON",
        "{} {} | not JSON",
      })
  void shouldSayWhichLineIsWrongAndWhatWouldBeAccepted(String line, String message) {
    String good = "{\"inputs\": {\"x\": [[1], [2]]}}\n";

    assertThatThrownBy(() -> reading.read("a.jsonl", good + line + "\n" + good, NUMBERS))
        .isInstanceOf(InvalidSamplesException.class)
        .satisfies(
            e -> {
              if (!line.contains("text\": \"a")) {
                assertThat(e).hasMessageContaining("a.jsonl, line 2");
              }
            })
        .hasMessageContaining(message);
  }

  @Test
  void shouldNameTheLabelsThatTheModelKnows() {
    assertThatThrownBy(
            () -> reading.read("a.jsonl", "{\"text\": \"a\", \"label\": \"cooking\"}", TEXT))
        .hasMessageContaining(
            "a.jsonl, line 1: expected a class from 0 to 2, or one of [sport, politics, weather],"
                + " got \"cooking\"");
    assertThatThrownBy(() -> reading.read("a.jsonl", "{\"text\": \"a\", \"label\": 3}", TEXT))
        .hasMessageContaining("from 0 to 2");
  }

  @Test
  void shouldRefuseWholeNumbersThatTheInputCannotHold() {
    OnnxModel bytes = Models.of(ElementType.UINT8, Dimension.of("batch"), Dimension.of(1));

    assertThatThrownBy(() -> reading.read("a.jsonl", "{\"inputs\": {\"x\": [256]}}", bytes))
        .hasMessageContaining("a.jsonl, line 1: input x takes UINT8, got 256");
    assertThatThrownBy(() -> reading.read("a.jsonl", "{\"inputs\": {\"x\": [1.5]}}", bytes))
        .hasMessageContaining("expected a whole number, got 1.5");
  }

  @Test
  void shouldRefuseOtherEncodings() {
    byte[] latin1 = {'{', '"', (byte) 0xE4, '"', ':', '1', '}'};

    assertThatThrownBy(() -> reading.read("a.jsonl", latin1, TEXT))
        .hasMessageContaining("a.jsonl, line 1: not UTF-8, here or further down");
  }

  @Test
  void shouldSayWhichFilesItReads() {
    assertThatThrownBy(() -> reading.read("a.parquet", "", TEXT))
        .isInstanceOf(InvalidSamplesException.class)
        .hasMessageContaining(".jsonl, .ndjson, .csv, .npz or .npy");
    assertThatThrownBy(
            () -> SamplesFrom.file(folder.resolve("none.csv"), TEXT, SampleOptions.DEFAULT))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("none.csv");
  }

  @Test
  void shouldBeginAnewEachTimeAndStopWhereItIsTold() throws IOException {
    Path file = reading.write("a.jsonl", "{\"text\": \"good\"}\n{\"text\": \"bad\"}\nbroken\n");
    Samples two = SamplesFrom.file(file, TEXT, SampleOptions.DEFAULT).limited(2);

    List<Sample> once = Reading.all(two).stream().map(LabelledSample::sample).toList();
    List<Sample> again = Reading.all(two).stream().map(LabelledSample::sample).toList();

    assertThat(once).hasSize(2).usingRecursiveComparison().isEqualTo(again);
    assertThat(two.description()).isEqualTo("the first 2 of " + file);
    assertThat(two.isReal()).isTrue();
  }

  private static long[] longs(LabelledSample sample, String input) {
    return Reading.input(sample, input).longs();
  }
}
