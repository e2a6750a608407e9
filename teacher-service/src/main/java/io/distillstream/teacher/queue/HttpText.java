package io.distillstream.teacher.queue;

import io.distillstream.avro.Augmentation;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A text that somebody waits for.
 *
 * @param size what it costs the teacher to answer
 * @param groundTruth the label the caller gave with it, to be published together
 * @param answer completed once the soft label is committed, or exceptionally if it is not
 */
public record HttpText(
    String requestId,
    String text,
    int size,
    Instant receivedAt,
    @Nullable String groundTruth,
    CompletableFuture<Prediction> answer)
    implements PendingText {

  @Override
  public @Nullable Augmentation augmentation() {
    return null;
  }
}
