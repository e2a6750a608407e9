package io.distillstream.quantization.data;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.model.ModelMetadata;
import io.distillstream.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Samples that can be gone through again and again, never all of them in memory. */
public interface Samples {

  /**
   * From the first sample on, in an order that is always the same. The caller closes the stream,
   * which throws {@link InvalidSamplesException} where it meets what it cannot read, and {@link
   * java.io.UncheckedIOException} where reading itself fails.
   */
  @MustBeClosed
  Stream<LabelledSample> stream() throws IOException;

  /** What they are and where they come from, for reports. */
  String description();

  /** Whether they were observed, not made up: only then do figures found with them mean much. */
  default boolean isReal() {
    return true;
  }

  /** The first of them, at most {@code count}. */
  default Samples limited(long count) {
    return new LimitedSamples(this, count);
  }

  /**
   * The samples of a file, by its ending; each sample gets a batch axis of 1 where it has none.
   *
   * <ul>
   *   <li>{@code .jsonl}, {@code .ndjson}: an object a line, with a {@code "text"}, or with {@code
   *       "inputs"} that hold an array per input of the model; and a {@code "label"}, if known.
   *   <li>{@code .csv}: columns named in the first line, {@code text} or one per number, and {@code
   *       label}.
   *   <li>{@code .npz}, {@code .npy}: arrays named like the inputs, with the samples along the
   *       first axis, and {@code label} or {@code labels}.
   * </ul>
   *
   * <p>A label is the index of a class, or its name if the model's metadata has names. What cannot
   * be read is an error, never passed over: ranges and agreement of half of the data would look
   * like those of all.
   *
   * @throws NoSuchFileException if there is no such file
   * @throws InvalidSamplesException if its ending says nothing, or it cannot fit the model
   */
  static Samples open(Path file, OnnxModel model, SampleOptions options) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(file.toString(), null, "no file of samples");
    }
    Optional<ModelMetadata> metadata = metadata(model);
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "jsonl", "ndjson" -> new JsonLines(file, model, metadata, options);
      case "csv" -> new Csv(file, model, metadata, options);
      case "npz" -> new NumpyFile(file, model, metadata, true);
      case "npy" -> new NumpyFile(file, model, metadata, false);
      default ->
          throw new InvalidSamplesException(
              "Expected a file of samples that ends in .jsonl, .ndjson, .csv, .npz or .npy, got "
                  + file);
    };
  }

  /**
   * Texts for a model that reads token ids.
   *
   * @throws InvalidSamplesException if the model reads anything else, or there is no tokenizer
   */
  static Samples ofTexts(
      List<String> texts, OnnxModel model, SampleOptions options, String description)
      throws IOException {
    return new Texts(texts, model, metadata(model), options, description);
  }

  private static Optional<ModelMetadata> metadata(OnnxModel model) {
    return model.metadata().containsKey(ModelMetadata.PREFIX + "task")
        ? Optional.of(ModelMetadata.fromMap(model.metadata()))
        : Optional.empty();
  }

  /**
   * Random samples of the shapes that a model takes, for where there is no data: good for seeing
   * that a model runs and how fast, not for ranges or agreement.
   *
   * @throws InvalidSamplesException if an open axis, other than the first and the tokens of a text,
   *     has no length in the options
   */
  static Samples madeUp(OnnxModel model, SampleOptions options, long count) {
    return new MadeUpSamples(model, options, count);
  }
}
