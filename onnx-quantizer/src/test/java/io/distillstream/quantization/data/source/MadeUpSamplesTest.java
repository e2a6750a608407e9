package io.distillstream.quantization.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.data.InvalidSamplesException;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.data.Models;
import io.distillstream.quantization.data.Reading;
import io.distillstream.quantization.data.SampleOptions;
import io.distillstream.quantization.data.Samples;
import io.distillstream.quantization.engine.TensorValue;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MadeUpSamplesTest {

  @Test
  void shouldDrawTokensFromTheTableTheyIndex() {
    OnnxModel model = Models.ofTokens(Dimension.of("length"), false);
    Samples samples = SamplesFrom.random(model, SampleOptions.DEFAULT.withMaxTokens(50), 20);

    List<LabelledSample> made = Reading.all(samples);

    assertThat(made).hasSize(20);
    long[] ids =
        made.stream()
            .flatMapToLong(s -> Arrays.stream(Reading.input(s, "input_ids").longs()))
            .distinct()
            .sorted()
            .toArray();
    assertThat(ids).containsExactly(0, 1, 2, 3, 4, 5, 6);
    assertThat(Reading.input(made.get(0), "attention_mask").shape()).containsExactly(1, 50);
    assertThat(Reading.input(made.get(0), "attention_mask").longs()).containsOnly(1);
  }

  @Test
  void shouldMakeTheSameAgainButSayTheyAreNotReal() {
    OnnxModel model =
        Models.of(ElementType.FLOAT32, Dimension.of("batch"), Dimension.of("n"), Dimension.of(4));
    SampleOptions options = SampleOptions.DEFAULT.withDimension("n", 250);
    Samples samples = SamplesFrom.random(model, options, 2);

    TensorValue first = Reading.input(Reading.all(samples).get(0), "x");

    assertThat(first.shape()).containsExactly(1, 250, 4);
    assertThat(Reading.input(Reading.all(samples).get(0), "x").floats())
        .isEqualTo(first.floats())
        .isNotEqualTo(Reading.input(Reading.all(samples).get(1), "x").floats())
        .isNotEqualTo(
            Reading.input(
                    Reading.all(SamplesFrom.random(model, options.withSeed(2), 1)).get(0), "x")
                .floats());
    assertThat(samples.isReal()).isFalse();
    assertThat(samples.limited(1).isReal()).isFalse();
    assertThat(samples.description()).contains("2 random samples (seed 1), not real data");
  }

  @Test
  void shouldAskForTheLengthOfAnOpenAxis() {
    OnnxModel model =
        Models.of(ElementType.INT64, Dimension.of("batch"), Dimension.of("?"), Dimension.of(4));

    assertThatThrownBy(() -> SamplesFrom.random(model, SampleOptions.DEFAULT, 1))
        .isInstanceOf(InvalidSamplesException.class)
        .hasMessage(
            "Made-up samples need a length for each open axis; give one, as --dimension x:1=8, for"
                + " x:1");
    Samples samples = SamplesFrom.random(model, SampleOptions.DEFAULT.withDimension("x:1", 3), 1);
    assertThat(Reading.input(Reading.all(samples).get(0), "x").longs())
        .hasSize(12)
        .containsOnly(0, 1);
  }

  @Test
  void shouldAskOnceForAxesThatShareASymbol() {
    OnnxModel decoder = decoder();

    assertThatThrownBy(() -> SamplesFrom.random(decoder, SampleOptions.DEFAULT, 1))
        .hasMessageEndingWith("for written (prefix:1), read (memory:1, mask:1)");
    SampleOptions lengths =
        SampleOptions.DEFAULT.withDimension("written", 3).withDimension("read", 5);
    LabelledSample made = Reading.all(SamplesFrom.random(decoder, lengths, 1)).get(0);
    assertThat(Reading.input(made, "prefix").shape()).containsExactly(1, 3);
    assertThat(Reading.input(made, "memory").shape()).containsExactly(1, 5, 4);
    assertThat(Reading.input(made, "mask").shape()).containsExactly(1, 5);
    // The batch is no first axis here.
    assertThat(Reading.input(made, "state").shape()).containsExactly(2, 1, 4);
  }

  @Test
  void shouldRefuseALengthForAnAxisThatIsNotThere() {
    assertThatThrownBy(
            () -> SamplesFrom.random(decoder(), SampleOptions.DEFAULT.withDimension("reed", 5), 1))
        .hasMessageContaining("given for reed")
        .hasMessageContaining("batch, written, read");
  }

  /** An input of every kind that a decoder has. */
  private static OnnxModel decoder() {
    return GraphBuilder.named("decoder")
        .input("prefix", ElementType.INT64, Dimension.of("batch"), Dimension.of("written"))
        .input(
            "memory",
            ElementType.FLOAT32,
            Dimension.of("batch"),
            Dimension.of("read"),
            Dimension.of(4))
        .input("mask", ElementType.BOOL, Dimension.of("batch"), Dimension.of("read"))
        .input(
            "state", ElementType.FLOAT32, Dimension.of(2), Dimension.of("batch"), Dimension.of(4))
        .output("y", ElementType.FLOAT32)
        .node("Relu", List.of("memory"), List.of("y"))
        .build(Map.of());
  }

  @Test
  void shouldRefuseOptionsThatCannotBe() {
    assertThatThrownBy(() -> SampleOptions.DEFAULT.withMaxTokens(1))
        .hasMessageContaining("2 tokens");
    assertThatThrownBy(() -> SampleOptions.DEFAULT.withDimension("n", 0))
        .hasMessageContaining("at least 1 for n");
  }
}
