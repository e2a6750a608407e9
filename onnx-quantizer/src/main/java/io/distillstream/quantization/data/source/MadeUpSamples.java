package io.distillstream.quantization.data.source;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Port;
import io.distillstream.quantization.data.InputTensor;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.data.SampleOptions;
import io.distillstream.quantization.data.Samples;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import io.distillstream.quantization.engine.TextInput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Random samples, for where there are no others: standard normal numbers, indices within the table
 * that they index, bytes of all values, other whole numbers 0 or 1. A mask is all ones, segments
 * are all zeros.
 */
final class MadeUpSamples implements Samples {
  private final List<Input> inputs = new ArrayList<>();
  private final long count;
  private final long seed;

  /**
   * @param below what whole numbers are less than
   */
  private record Input(Port port, List<Long> shape, int below) {}

  MadeUpSamples(OnnxModel model, SampleOptions options, long count) {
    if (count < 1) {
      throw new IllegalArgumentException("Expected at least one sample, got " + count);
    }
    this.count = count;
    this.seed = options.seed();
    TokenTable tables = new TokenTable(model);
    OpenAxes axes = new OpenAxes(model.inputs(), options);
    for (Port input : model.inputs()) {
      inputs.add(new Input(input, axes.shape(input), below(input, tables)));
    }
  }

  private static int below(Port input, TokenTable tables) {
    OptionalLong rows = tables.rows(input.name());
    if (rows.isPresent() && rows.getAsLong() > 0) {
      return Math.toIntExact(rows.getAsLong());
    }
    return input.type() == ElementType.UINT8 ? 256 : 2;
  }

  @Override
  @MustBeClosed
  public Stream<LabelledSample> stream() {
    Random random = new Random(seed);
    return LongStream.range(0, count).mapToObj(i -> LabelledSample.of(sample(random)));
  }

  private Sample sample(Random random) {
    Map<String, TensorValue> values = new LinkedHashMap<>();
    inputs.forEach(input -> values.put(input.port().name(), value(input, random)));
    return new Sample(values);
  }

  private static TensorValue value(Input input, Random random) {
    long[] shape = input.shape().stream().mapToLong(Long::longValue).toArray();
    int size = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    if (InputTensor.takesFloats(input.port())) {
      float[] floats = new float[size];
      for (int i = 0; i < size; i++) {
        floats[i] = (float) random.nextGaussian();
      }
      return TensorValue.of(floats, shape);
    }
    long[] longs = new long[size];
    String name = input.port().name();
    for (int i = 0; i < size; i++) {
      longs[i] =
          name.equals(TextInput.MASK.portName())
              ? 1
              : name.equals(TextInput.SEGMENTS.portName()) ? 0 : random.nextInt(input.below());
    }
    return TensorValue.of(longs, shape);
  }

  @Override
  public String description() {
    return ("%d random samples (seed %d), not real data: ranges and agreement found with them say"
            + " little about real inputs")
        .formatted(count, seed);
  }

  @Override
  public boolean isReal() {
    return false;
  }
}
