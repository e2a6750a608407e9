package io.distillstream.quantization.data.text;

import io.distillstream.model.ModelMetadata;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Port;
import io.distillstream.quantization.data.InvalidSamplesException;
import io.distillstream.quantization.data.SampleOptions;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import io.distillstream.quantization.engine.TextInput;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns a text into what a model that reads token ids is fed. */
final class TextEncoder {
  private final WordPieceTokenizer tokenizer;
  private final List<TextInput> inputs;
  private final int maxTokens;

  /** What every text is padded to; 0 if the model takes any length. */
  private final int fixedLength;

  private TextEncoder(
      WordPieceTokenizer tokenizer, List<TextInput> inputs, int maxTokens, int fixedLength) {
    this.tokenizer = tokenizer;
    this.inputs = inputs;
    this.maxTokens = fixedLength == 0 ? maxTokens : Math.min(maxTokens, fixedLength);
    this.fixedLength = fixedLength;
  }

  /**
   * For a model with the tokenizer of the options, or of its own metadata.
   *
   * @throws InvalidSamplesException if the model reads anything but token ids, or there is no
   *     tokenizer
   * @throws io.distillstream.model.ModelFormatException if it is of another kind
   */
  static TextEncoder of(OnnxModel model, Optional<ModelMetadata> metadata, SampleOptions options)
      throws IOException {
    List<Port> ports = model.inputs();
    if (!TextInput.areAll(ports)) {
      throw new InvalidSamplesException(
          "The model takes %s, which cannot be made of a text; give its inputs as tensors"
              .formatted(ports.stream().map(Port::name).toList()));
    }
    int maxTokens =
        options
            .maxTokens()
            .orElse(
                metadata.map(ModelMetadata::maxTokens).orElse(SampleOptions.DEFAULT_MAX_TOKENS));
    List<TextInput> inputs = ports.stream().map(port -> TextInput.of(port.name())).toList();
    return new TextEncoder(
        tokenizer(metadata, options),
        inputs,
        maxTokens,
        fixedLength(ports.get(inputs.indexOf(TextInput.IDS))));
  }

  private static WordPieceTokenizer tokenizer(
      Optional<ModelMetadata> metadata, SampleOptions options) throws IOException {
    if (options.tokenizer().isPresent()) {
      Path file = options.tokenizer().get();
      try (InputStream json = new BufferedInputStream(Files.newInputStream(file))) {
        return WordPieceTokenizer.fromTokenizerJson(json);
      }
    }
    return metadata
        .map(ModelMetadata::tokenizer)
        .orElseThrow(
            () ->
                new InvalidSamplesException(
                    "The data holds texts and the model no tokenizer; give its tokenizer.json"));
  }

  private static int fixedLength(Port ids) {
    return ids.shape().size() == 2 && ids.shape().get(1) instanceof Dimension.Fixed fixed
        ? Math.toIntExact(fixed.length())
        : 0;
  }

  /** The text as {@code [1, tokens]} of ids, mask and segments; padding is masked. */
  Sample encode(String text) {
    int[] ids = tokenizer.encode(text, maxTokens);
    int length = Math.max(ids.length, fixedLength);
    Map<String, TensorValue> tensors = new LinkedHashMap<>();
    for (TextInput input : inputs) {
      long[] values = new long[length];
      for (int i = 0; i < length; i++) {
        boolean padding = i >= ids.length;
        values[i] =
            switch (input) {
              case IDS -> padding ? tokenizer.paddingId() : ids[i];
              case MASK -> padding ? 0 : 1;
              case SEGMENTS -> 0;
            };
      }
      tensors.put(input.portName(), TensorValue.of(values, 1, length));
    }
    return new Sample(tensors);
  }
}
