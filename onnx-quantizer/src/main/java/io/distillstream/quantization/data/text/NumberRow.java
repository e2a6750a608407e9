package io.distillstream.quantization.data.text;

import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.Port;
import io.distillstream.quantization.data.InputTensor;
import io.distillstream.quantization.data.InvalidSamplesException;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.data.Labels;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.csv.CSVRecord;

/**
 * A row of numbers for the model's only input.
 *
 * @param shape of the input without its first axis
 */
record NumberRow(Port input, List<String> columns, List<Long> shape, Labels labels)
    implements CsvRows.Row {

  /**
   * Fits columns to the axes after the first; one of them may be open and takes what is left.
   *
   * @throws InvalidSamplesException if they don't fit
   */
  static NumberRow of(Port input, List<String> columns, Labels labels, Object file) {
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
    long left = known == 0 ? 0 : columns.size() / known;
    if (open > 1 || left * known != columns.size() || (open == 0 && left != 1)) {
      throw new InvalidSamplesException(
          "%s: %d columns of numbers do not fill the input %s"
              .formatted(file, columns.size(), InputTensor.describe(input)));
    }
    List<Long> shape =
        axes.stream()
            .map(axis -> axis instanceof Dimension.Fixed fixed ? fixed.length() : left)
            .toList();
    return new NumberRow(input, columns, shape, labels);
  }

  @Override
  public LabelledSample sample(CSVRecord row, String place) {
    long[] axes = shape.stream().mapToLong(Long::longValue).toArray();
    TensorValue value =
        InputTensor.takesFloats(input)
            ? InputTensor.of(input, floats(row, place), axes, place)
            : InputTensor.of(input, longs(row, place), axes, place);
    return new LabelledSample(
        new Sample(Map.of(input.name(), value)),
        CsvRows.label(row, labels, place),
        Optional.empty());
  }

  private float[] floats(CSVRecord row, String place) {
    float[] values = new float[columns.size()];
    for (int i = 0; i < values.length; i++) {
      String cell = row.get(columns.get(i));
      try {
        values[i] = Float.parseFloat(cell);
      } catch (NumberFormatException e) {
        throw notA("number", place, columns.get(i), cell, e);
      }
    }
    return values;
  }

  private long[] longs(CSVRecord row, String place) {
    long[] values = new long[columns.size()];
    for (int i = 0; i < values.length; i++) {
      String cell = row.get(columns.get(i));
      try {
        values[i] = Long.parseLong(cell);
      } catch (NumberFormatException e) {
        throw notA("whole number", place, columns.get(i), cell, e);
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
