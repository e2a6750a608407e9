package io.distillstream.quantization.data.text;

import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.Port;
import io.distillstream.quantization.data.InputTensor;
import io.distillstream.quantization.data.InvalidSamplesException;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.data.Labels;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import io.distillstream.text.CsvRow;
import io.distillstream.text.LabelledTexts;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Makes a sample of a row of numbers, for the model's only input.
 *
 * @param file for messages
 * @param columns as the header names them
 * @param numbers places of the columns that hold numbers
 * @param shape of the input without its first axis
 */
record NumberRow(
    Path file,
    Port input,
    List<String> columns,
    List<Integer> numbers,
    List<Long> shape,
    Labels labels) {

  /**
   * Fits columns to the axes after the first; one of them may be open and takes what is left.
   *
   * @throws InvalidSamplesException if they don't fit
   */
  static NumberRow of(Path file, Port input, List<String> columns, Labels labels) {
    List<Integer> numbers =
        IntStream.range(0, columns.size())
            .filter(column -> !columns.get(column).equals(LabelledTexts.LABEL))
            .boxed()
            .toList();
    List<Dimension> axes =
        input.shape().subList(Math.min(1, input.shape().size()), input.shape().size());
    long known = 1;
    int open = 0;
    for (Dimension axis : axes) {
      if (axis instanceof Dimension.Fixed fixed) {
        known *= fixed.length();
      } else {
        open++;
      }
    }
    long left = known == 0 ? 0 : numbers.size() / known;
    if (open > 1 || left * known != numbers.size() || (open == 0 && left != 1)) {
      throw new InvalidSamplesException(
          "%s: %d columns of numbers do not fill the input %s"
              .formatted(file, numbers.size(), InputTensor.describe(input)));
    }
    List<Long> shape =
        axes.stream()
            .map(axis -> axis instanceof Dimension.Fixed fixed ? fixed.length() : left)
            .toList();
    return new NumberRow(file, input, columns, numbers, shape, labels);
  }

  LabelledSample sample(CsvRow row) {
    String place = EncodedText.place(file, row.line());
    long[] axes = shape.stream().mapToLong(Long::longValue).toArray();
    TensorValue value =
        InputTensor.takesFloats(input)
            ? InputTensor.of(input, floats(row, place), axes, place)
            : InputTensor.of(input, longs(row, place), axes, place);
    return new LabelledSample(
        new Sample(Map.of(input.name(), value)), label(row, place), Optional.empty());
  }

  private OptionalInt label(CsvRow row, String place) {
    Optional<String> cell = row.cell(columns.indexOf(LabelledTexts.LABEL)).map(String::strip);
    return labels.index(cell.filter(label -> !label.isEmpty()), place);
  }

  private float[] floats(CsvRow row, String place) {
    float[] values = new float[numbers.size()];
    for (int i = 0; i < values.length; i++) {
      String cell = row.cells().get(numbers.get(i)).strip();
      try {
        values[i] = Float.parseFloat(cell);
      } catch (NumberFormatException e) {
        throw notA("number", place, columns.get(numbers.get(i)), cell, e);
      }
    }
    return values;
  }

  private long[] longs(CsvRow row, String place) {
    long[] values = new long[numbers.size()];
    for (int i = 0; i < values.length; i++) {
      String cell = row.cells().get(numbers.get(i)).strip();
      try {
        values[i] = Long.parseLong(cell);
      } catch (NumberFormatException e) {
        throw notA("whole number", place, columns.get(numbers.get(i)), cell, e);
      }
    }
    return values;
  }

  private static InvalidSamplesException notA(
      String expected, String place, String column, String cell, NumberFormatException e) {
    return new InvalidSamplesException(
        "%s: expected column %s to be a %s, got \"%s\"".formatted(place, column, expected, cell),
        e);
  }
}
