package io.distillstream.quantization.data.text;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.model.ModelMetadata;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.data.SampleOptions;
import io.distillstream.quantization.data.Samples;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Texts that are in memory already. */
public final class Texts implements Samples {
  private final List<String> texts;
  private final TextEncoder encoder;
  private final String description;

  public Texts(
      List<String> texts,
      OnnxModel model,
      Optional<ModelMetadata> metadata,
      SampleOptions options,
      String description)
      throws IOException {
    this.texts = List.copyOf(texts);
    this.encoder = TextEncoder.of(model, metadata, options);
    this.description = description;
  }

  @Override
  @MustBeClosed
  public Stream<LabelledSample> stream() {
    return texts.stream()
        .map(
            text ->
                new LabelledSample(encoder.encode(text), OptionalInt.empty(), Optional.of(text)));
  }

  @Override
  public String description() {
    return description;
  }
}
