package io.distillstream.quantization.data;

import com.google.errorprone.annotations.MustBeClosed;
import java.io.IOException;
import java.util.stream.Stream;

/** The first samples of others. */
record LimitedSamples(Samples samples, long count) implements Samples {
  LimitedSamples {
    if (count < 1) {
      throw new IllegalArgumentException("Expected at least one sample, got " + count);
    }
  }

  @Override
  @MustBeClosed
  public Stream<LabelledSample> stream() throws IOException {
    return samples.stream().limit(count);
  }

  @Override
  public String description() {
    return "the first %d of %s".formatted(count, samples.description());
  }

  @Override
  public boolean isReal() {
    return samples.isReal();
  }
}
