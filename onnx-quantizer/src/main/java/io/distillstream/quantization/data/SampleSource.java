package io.distillstream.quantization.data;

import com.google.errorprone.annotations.MustBeClosed;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** An open file of samples, read from begin to end. */
public interface SampleSource extends Closeable {

  /** The next sample, unless there are no more. */
  Optional<LabelledSample> next() throws IOException;

  /** The samples as a stream that owns the source. */
  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // Closed by the caller, as it says.
  static Stream<LabelledSample> stream(SampleSource source) {
    Spliterator<LabelledSample> samples =
        new Spliterators.AbstractSpliterator<>(
            Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL) {
          @Override
          public boolean tryAdvance(Consumer<? super LabelledSample> action) {
            Optional<LabelledSample> next = unchecked(source);
            next.ifPresent(action);
            return next.isPresent();
          }
        };
    return StreamSupport.stream(samples, false).onClose(() -> close(source));
  }

  private static Optional<LabelledSample> unchecked(SampleSource source) {
    try {
      return source.next();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void close(SampleSource source) {
    try {
      source.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
