package io.distillstream.quantization.data;

import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.engine.TensorValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Writes files and reads them as samples. */
record Reading(Path folder) {

  List<LabelledSample> read(String name, String content, OnnxModel model) {
    return read(write(name, content), model, SampleOptions.DEFAULT);
  }

  List<LabelledSample> read(String name, byte[] content, OnnxModel model) {
    return read(write(name, content), model, SampleOptions.DEFAULT);
  }

  static List<LabelledSample> read(Path file, OnnxModel model, SampleOptions options) {
    try {
      return all(Samples.open(file, model, options));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<LabelledSample> all(Samples samples) {
    try (Stream<LabelledSample> stream = samples.stream()) {
      return stream.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static TensorValue input(LabelledSample sample, String name) {
    TensorValue value = sample.sample().inputs().get(name);
    if (value == null) {
      throw new AssertionError("The sample has no " + name);
    }
    return value;
  }

  Path write(String name, String content) {
    return write(name, content.getBytes(StandardCharsets.UTF_8));
  }

  Path write(String name, byte[] content) {
    try {
      return Files.write(folder.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
