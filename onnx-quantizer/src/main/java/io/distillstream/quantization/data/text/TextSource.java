package io.distillstream.quantization.data.text;

import io.distillstream.quantization.data.InvalidSamplesException;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.data.SampleSource;
import io.distillstream.text.TextFileException;
import io.distillstream.text.TextLines;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Function;

/**
 * The samples of an open text file.
 *
 * @param rows as they are read
 * @param meaning makes a sample of a row
 * @param file owned
 */
record TextSource<T>(Iterator<T> rows, Function<T, LabelledSample> meaning, Closeable file)
    implements SampleSource {

  /** Opens a file; the caller closes the reader. */
  static BufferedReader open(Path file) throws IOException {
    try {
      return TextLines.open(file.toString(), Files.newInputStream(file));
    } catch (TextFileException e) {
      throw invalid(e);
    }
  }

  /** What cannot be read, as it is said of samples. */
  static InvalidSamplesException invalid(TextFileException e) {
    return new InvalidSamplesException(String.valueOf(e.getMessage()), e);
  }

  @Override
  public Optional<LabelledSample> next() {
    try {
      return rows.hasNext() ? Optional.of(meaning.apply(rows.next())) : Optional.empty();
    } catch (TextFileException e) {
      throw invalid(e);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
