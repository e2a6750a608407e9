package io.distillstream.teacher.queue;

import io.distillstream.avro.Augmentation;
import io.opentelemetry.api.trace.SpanContext;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A text that somebody waits for.
 *
 * @param size what it costs the teacher to answer
 * @param groundTruth the label the caller gave with it, to be published together
 * @param recorded whether request and soft label are published; if not, the text is answered and
 *     leaves no trace
 * @param trace the span of the call; invalid where nothing is traced
 * @param answer completed once the soft label is committed, or without a commit once the model has
 *     answered where nothing is recorded; exceptionally if it comes to neither
 */
public record HttpText(
    String requestId,
    String text,
    int size,
    Instant receivedAt,
    @Nullable String groundTruth,
    boolean recorded,
    SpanContext trace,
    CompletableFuture<Prediction> answer)
    implements PendingText {

  public HttpText {
    if (groundTruth != null && !recorded) {
      throw new IllegalArgumentException(
          "The true label of " + requestId + " has no recorded request to be joined with");
    }
  }

  @Override
  public @Nullable Augmentation augmentation() {
    return null;
  }
}
