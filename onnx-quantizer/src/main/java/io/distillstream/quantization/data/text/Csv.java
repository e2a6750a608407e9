package io.distillstream.quantization.data.text;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.model.ModelMetadata;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.data.InputTensor;
import io.distillstream.quantization.data.InvalidSamplesException;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.data.Labels;
import io.distillstream.quantization.data.SampleOptions;
import io.distillstream.quantization.data.SampleSource;
import io.distillstream.quantization.data.Samples;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.DuplicateHeaderMode;

/**
 * Comma-separated values in UTF-8 whose first line names the columns: {@code text} for a model that
 * reads token ids, otherwise every column is a number of the model's only input, in row-major order
 * of its axes after the first. A column {@code label} is the true class.
 */
public final class Csv implements Samples {
  static final String TEXT = "text";
  static final String LABEL = "label";

  private static final CSVFormat FORMAT =
      CSVFormat.DEFAULT
          .builder()
          .setHeader()
          .setSkipHeaderRecord(true)
          .setIgnoreEmptyLines(true)
          .setTrim(true)
          .setDuplicateHeaderMode(DuplicateHeaderMode.DISALLOW)
          .get();

  private final Path file;
  private final OnnxModel model;
  private final Optional<ModelMetadata> metadata;
  private final SampleOptions options;

  public Csv(Path file, OnnxModel model, Optional<ModelMetadata> metadata, SampleOptions options) {
    this.file = file;
    this.model = model;
    this.metadata = metadata;
    this.options = options;
  }

  @Override
  @MustBeClosed
  public Stream<LabelledSample> stream() throws IOException {
    BufferedReader reader = Files.newBufferedReader(file);
    try {
      skipByteOrderMark(reader);
      CSVParser parser = parser(reader);
      return SampleSource.stream(new CsvRows(file, parser, row(parser.getHeaderNames())));
    } catch (CharacterCodingException e) {
      reader.close();
      throw new InvalidSamplesException(file + " is not UTF-8", e);
    } catch (IOException | RuntimeException e) {
      reader.close();
      throw e;
    }
  }

  private static void skipByteOrderMark(Reader reader) throws IOException {
    reader.mark(1);
    if (reader.read() != '\uFEFF') {
      reader.reset();
    }
  }

  /** Closed with the reader, which the stream or its failure closes. */
  private CSVParser parser(Reader reader) throws IOException {
    try {
      return FORMAT.parse(reader);
    } catch (IllegalArgumentException e) {
      throw new InvalidSamplesException(
          "%s: the first line must name each column once: %s".formatted(file, e.getMessage()), e);
    }
  }

  private CsvRows.Row row(List<String> columns) throws IOException {
    Labels labels = new Labels(metadata);
    if (columns.contains(TEXT)) {
      return new TextRow(TextEncoder.of(model, metadata, options), labels);
    }
    List<String> numbers = columns.stream().filter(column -> !column.equals(LABEL)).toList();
    if (numbers.isEmpty() || model.inputs().size() != 1) {
      throw new InvalidSamplesException(
          ("%s: expected a column named %s, or numbers for a model with one input; found the"
                  + " columns %s, and a model that takes %s")
              .formatted(
                  file,
                  TEXT,
                  columns,
                  model.inputs().stream().map(InputTensor::describe).toList()));
    }
    return NumberRow.of(model.inputs().get(0), numbers, labels, file);
  }

  @Override
  public String description() {
    return file.toString();
  }
}
