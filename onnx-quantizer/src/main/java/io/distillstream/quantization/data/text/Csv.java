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
import io.distillstream.text.CsvRows;
import io.distillstream.text.LabelledTexts;
import io.distillstream.text.TextFileException;
import io.distillstream.text.TextFormat;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Comma-separated values in UTF-8 whose first line names the columns: {@code text} for a model that
 * reads token ids, otherwise every column is a number of the model's only input, in row-major order
 * of its axes after the first. A column {@code label} is the true class.
 */
public final class Csv implements Samples {
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
    BufferedReader reader = TextSource.open(file);
    try {
      CsvRows rows = new CsvRows(file.toString(), reader);
      if (rows.header().contains(LabelledTexts.TEXT)) {
        reader.close();
        return texts(EncodedText.of(file, model, metadata, options));
      }
      NumberRow row = numbers(rows.header());
      return SampleSource.stream(new TextSource<>(rows, row::sample, reader));
    } catch (TextFileException e) {
      reader.close();
      throw TextSource.invalid(e);
    } catch (IOException | RuntimeException e) {
      reader.close();
      throw e;
    }
  }

  @MustBeClosed
  private Stream<LabelledSample> texts(EncodedText encoded) {
    LabelledTexts texts = LabelledTexts.open(file, TextFormat.CSV);
    return SampleSource.stream(new TextSource<>(texts, encoded::sample, texts::close));
  }

  private NumberRow numbers(List<String> columns) {
    if (columns.stream().allMatch(LabelledTexts.LABEL::equals) || model.inputs().size() != 1) {
      throw new InvalidSamplesException(
          ("%s: expected a column named %s, or numbers for a model with one input; found the"
                  + " columns %s, and a model that takes %s")
              .formatted(
                  file,
                  LabelledTexts.TEXT,
                  columns,
                  model.inputs().stream().map(InputTensor::describe).toList()));
    }
    return NumberRow.of(file, model.inputs().get(0), columns, new Labels(metadata));
  }

  @Override
  public String description() {
    return file.toString();
  }
}
