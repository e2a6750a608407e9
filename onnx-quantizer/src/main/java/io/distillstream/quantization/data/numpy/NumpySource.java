package io.distillstream.quantization.data.numpy;

import io.distillstream.onnx.Port;
import io.distillstream.quantization.data.InvalidSamplesException;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.data.Labels;
import io.distillstream.quantization.data.SampleSource;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Open arrays that are read side by side. */
final class NumpySource implements SampleSource {
  private final Map<Port, NpyArray> arrays;
  private final Optional<NpyArray> truth;
  private final Labels labels;
  private final List<Closeable> owned;
  private long left;

  /**
   * @param owned all that is to be closed, the last first
   * @throws InvalidSamplesException if the arrays are not of one length
   */
  NumpySource(
      Path file,
      Map<Port, NpyArray> arrays,
      Optional<NpyArray> truth,
      Labels labels,
      List<Closeable> owned) {
    this.arrays = arrays;
    this.truth = truth;
    this.labels = labels;
    this.owned = owned;
    Map<String, Long> lengths = new LinkedHashMap<>();
    arrays.forEach((input, array) -> lengths.put(input.name(), array.samples()));
    truth.ifPresent(array -> lengths.put("labels", array.samples()));
    if (lengths.values().stream().distinct().count() != 1) {
      throw new InvalidSamplesException(
          "%s: the arrays' first axes are the samples, so expected one length; got %s"
              .formatted(file, lengths));
    }
    left = lengths.values().iterator().next();
  }

  @Override
  public Optional<LabelledSample> next() throws IOException {
    if (left == 0) {
      return Optional.empty();
    }
    left--;
    Map<String, TensorValue> values = new LinkedHashMap<>();
    for (Map.Entry<Port, NpyArray> array : arrays.entrySet()) {
      values.put(array.getKey().name(), array.getValue().next(array.getKey()));
    }
    OptionalInt label =
        truth.isPresent() ? OptionalInt.of(truth.get().nextLabel(labels)) : OptionalInt.empty();
    return Optional.of(new LabelledSample(new Sample(values), label, Optional.empty()));
  }

  @Override
  public void close() throws IOException {
    close(owned);
  }

  /** Closes all, the last first, and reports the first failure. */
  static void close(List<Closeable> owned) throws IOException {
    if (owned.isEmpty()) {
      return;
    }
    int last = owned.size() - 1;
    try {
      owned.get(last).close();
    } finally {
      close(owned.subList(0, last));
    }
  }
}
