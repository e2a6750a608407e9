package io.distillstream.quantization.data.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.model.ModelMetadata;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Port;
import io.distillstream.quantization.data.InputTensor;
import io.distillstream.quantization.data.InvalidSamplesException;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.data.Labels;
import io.distillstream.quantization.data.SampleOptions;
import io.distillstream.quantization.data.SampleSource;
import io.distillstream.quantization.data.Samples;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object a line, in UTF-8: {@code {"text": …}} for a model that reads token ids, or {@code
 * {"inputs": {"x": [[…]]}}} with every input by name, with or without a batch axis; either with a
 * {@code "label"} or not. Other fields are passed over, and so are blank lines.
 */
public final class JsonLines implements Samples {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final Path file;
  private final OnnxModel model;
  private final List<Port> inputs;
  private final Optional<ModelMetadata> metadata;
  private final SampleOptions options;
  private final Labels labels;
  private @Nullable TextEncoder encoder;

  public JsonLines(
      Path file, OnnxModel model, Optional<ModelMetadata> metadata, SampleOptions options) {
    this.file = file;
    this.model = model;
    this.inputs = model.inputs();
    this.metadata = metadata;
    this.options = options;
    this.labels = new Labels(metadata);
  }

  @Override
  @MustBeClosed
  public Stream<LabelledSample> stream() throws IOException {
    return SampleSource.stream(new Lines(Files.newBufferedReader(file)));
  }

  @Override
  public String description() {
    return file.toString();
  }

  private LabelledSample parse(String line, String place) throws IOException {
    JsonNode root;
    try {
      root = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new InvalidSamplesException(
          "%s is not JSON: %s".formatted(place, e.getOriginalMessage()), e);
    }
    OptionalInt label = label(root, place);
    JsonNode text = root.get("text");
    if (text != null && text.isTextual()) {
      return new LabelledSample(
          encoder().encode(text.textValue()), label, Optional.of(text.textValue()));
    }
    JsonNode tensors = root.get("inputs");
    if (tensors != null && tensors.isObject()) {
      return new LabelledSample(sample(tensors, place), label, Optional.empty());
    }
    throw new InvalidSamplesException(
        "%s: expected an object with \"text\": \"…\" or \"inputs\": {\"%s\": […]}"
            .formatted(place, inputs.get(0).name()));
  }

  private OptionalInt label(JsonNode root, String place) {
    JsonNode label = root.get("label");
    if (label == null || label.isNull()) {
      return OptionalInt.empty();
    }
    if (!label.isTextual() && !label.isIntegralNumber()) {
      throw new InvalidSamplesException(
          "%s: expected \"label\" to be a name or a whole number, got %s".formatted(place, label));
    }
    return OptionalInt.of(labels.index(label.asText(), place));
  }

  private Sample sample(JsonNode tensors, String place) {
    Map<String, TensorValue> values = new LinkedHashMap<>();
    for (Port input : inputs) {
      JsonNode tensor = tensors.get(input.name());
      if (tensor == null) {
        throw new InvalidSamplesException(
            "%s: \"inputs\" lacks %s".formatted(place, InputTensor.describe(input)));
      }
      values.put(input.name(), JsonTensor.read(input, tensor, place));
    }
    return new Sample(values);
  }

  /** Made when the first text is met, as tensors need none. */
  private TextEncoder encoder() throws IOException {
    TextEncoder made = encoder;
    if (made == null) {
      made = TextEncoder.of(model, metadata, options);
      encoder = made;
    }
    return made;
  }

  private final class Lines implements SampleSource {
    private final BufferedReader reader;
    private int line;

    Lines(BufferedReader reader) {
      this.reader = reader;
    }

    @Override
    public Optional<LabelledSample> next() throws IOException {
      String text = read();
      while (text != null && text.isBlank()) {
        text = read();
      }
      return text == null ? Optional.empty() : Optional.of(parse(text, file + ":" + line));
    }

    private @Nullable String read() throws IOException {
      line++;
      try {
        String text = reader.readLine();
        // Some editors begin a file with a byte order mark.
        return line == 1 && text != null && text.startsWith("\uFEFF") ? text.substring(1) : text;
      } catch (CharacterCodingException e) {
        throw new InvalidSamplesException(
            "%s is not UTF-8, somewhere after line %d".formatted(file, line - 1), e);
      }
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}
