package io.distillstream.quantization.data.source;

import io.distillstream.model.ModelMetadata;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.data.InvalidSamplesException;
import io.distillstream.quantization.data.SampleOptions;
import io.distillstream.quantization.data.Samples;
import io.distillstream.quantization.data.numpy.NumpyFile;
import io.distillstream.quantization.data.text.Csv;
import io.distillstream.quantization.data.text.JsonLines;
import io.distillstream.quantization.data.text.Texts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Opens samples, wherever they come from. */
public final class SamplesFrom {
  private SamplesFrom() {}

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
  public static Samples file(Path file, OnnxModel model, SampleOptions options) throws IOException {
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
  public static Samples texts(
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
  public static Samples random(OnnxModel model, SampleOptions options, long count) {
    return new MadeUpSamples(model, options, count);
  }
}
