package io.distillstream.quantization.data.text;

import io.distillstream.model.ModelMetadata;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.data.InvalidSamplesException;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.data.Labels;
import io.distillstream.quantization.data.SampleOptions;
import io.distillstream.text.LabelledText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Makes samples of a file's texts.
 *
 * @param file for messages
 */
record EncodedText(Path file, TextEncoder encoder, Labels labels) {

  /**
   * For a model that reads token ids.
   *
   * @throws InvalidSamplesException if the model reads anything else, or there is no tokenizer
   */
  static EncodedText of(
      Path file, OnnxModel model, Optional<ModelMetadata> metadata, SampleOptions options)
      throws IOException {
    return new EncodedText(file, TextEncoder.of(model, metadata, options), new Labels(metadata));
  }

  LabelledSample sample(LabelledText text) {
    return new LabelledSample(
        encoder.encode(text.text()),
        labels.index(text.label(), place(file, text.line())),
        Optional.of(text.text()));
  }

  /** How messages name a line. */
  static String place(Path file, long line) {
    return "%s, line %d".formatted(file, line);
  }
}
