package io.distillstream.quantization.data.text;

import com.fasterxml.jackson.databind.JsonNode;
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
import io.distillstream.text.JsonObjects;
import io.distillstream.text.LabelledText;
import io.distillstream.text.TextObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object a line, in UTF-8: {@code {"text": …}} for a model that reads token ids, or {@code
 * {"inputs": {"x": [[…]]}}} with every input by name, with or without a batch axis; either with a
 * {@code "label"} or not. Other fields are passed over, and so are blank lines.
 */
public final class JsonLines implements Samples {
  private final Path file;
  private final OnnxModel model;
  private final Optional<ModelMetadata> metadata;
  private final SampleOptions options;
  private final Labels labels;
  private @Nullable EncodedText encoded;

  public JsonLines(
      Path file, OnnxModel model, Optional<ModelMetadata> metadata, SampleOptions options) {
    this.file = file;
    this.model = model;
    this.metadata = metadata;
    this.options = options;
    this.labels = new Labels(metadata);
  }

  @Override
  @MustBeClosed
  public Stream<LabelledSample> stream() throws IOException {
    BufferedReader reader = TextSource.open(file);
    JsonObjects objects = new JsonObjects(file.toString(), reader);
    return SampleSource.stream(
        new TextSource<>(
            objects,
            fields -> sample(new TextObject(file.toString(), objects.line(), fields)),
            reader));
  }

  @Override
  public String description() {
    return file.toString();
  }

  private LabelledSample sample(TextObject object) {
    if (object.hasText()) {
      LabelledText text = object.labelled();
      return encoded().sample(text);
    }
    String place = EncodedText.place(file, object.line());
    JsonNode tensors = object.fields().path("inputs");
    if (!tensors.isObject()) {
      throw new InvalidSamplesException(
          "%s: expected an object with \"text\": \"…\" or \"inputs\": {\"%s\": […]}"
              .formatted(place, model.inputs().get(0).name()));
    }
    return new LabelledSample(
        sample(tensors, place), labels.index(object.label(), place), Optional.empty());
  }

  private Sample sample(JsonNode tensors, String place) {
    Map<String, TensorValue> values = new LinkedHashMap<>();
    for (Port input : model.inputs()) {
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
  private EncodedText encoded() {
    EncodedText made = encoded;
    if (made == null) {
      try {
        made = EncodedText.of(file, model, metadata, options);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      encoded = made;
    }
    return made;
  }
}
