package io.distillstream.quantization.data;

import com.google.errorprone.annotations.MustBeClosed;
import java.io.IOException;
import java.util.stream.Stream;

/** Samples that can be gone through again and again, never all of them in memory. */
public interface Samples {

  /**
   * From the first sample on, in an order that is always the same. The caller closes the stream,
   * which throws {@link InvalidSamplesException} where it meets what it cannot read, and {@link
   * java.io.UncheckedIOException} where reading itself fails.
   */
  @MustBeClosed
  Stream<LabelledSample> stream() throws IOException;

  /** What they are and where they come from, for reports. */
  String description();

  /** Whether they were observed, not made up: only then do figures found with them mean much. */
  default boolean isReal() {
    return true;
  }

  /** The first of them, at most {@code count}. */
  default Samples limited(long count) {
    return new LimitedSamples(this, count);
  }
}
