package io.distillstream.quantization.data;

import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.data.source.SamplesFrom;
import io.distillstream.quantization.engine.TensorValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Writes files and reads them as samples. */
public record Reading(Path folder) {

  public List<LabelledSample> read(String name, String content, OnnxModel model) {
    return read(write(name, content), model, SampleOptions.DEFAULT);
  }

  public List<LabelledSample> read(String name, byte[] content, OnnxModel model) {
    return read(write(name, content), model, SampleOptions.DEFAULT);
  }

  public static List<LabelledSample> read(Path file, OnnxModel model, SampleOptions options) {
    try {
      return all(SamplesFrom.file(file, model, options));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static List<LabelledSample> all(Samples samples) {
    try (Stream<LabelledSample> stream = samples.stream()) {
      return stream.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static TensorValue input(LabelledSample sample, String name) {
    TensorValue value = sample.sample().inputs().get(name);
    if (value == null) {
      throw new AssertionError("The sample has no " + name);
    }
    return value;
  }

  public Path write(String name, String content) {
    return write(name, content.getBytes(StandardCharsets.UTF_8));
  }

  public Path write(String name, byte[] content) {
    try {
      return Files.write(folder.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
