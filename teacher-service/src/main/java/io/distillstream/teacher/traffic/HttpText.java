package io.distillstream.teacher.traffic;

import io.distillstream.avro.Augmentation;
import io.distillstream.teacher.TokenizedText;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A text that somebody waits for.
 *
 * @param groundTruth the label the caller gave with it, to be published together
 * @param answer completed once the soft label is committed, or exceptionally if it is not
 */
record HttpText(
    String requestId,
    String text,
    TokenizedText tokens,
    Instant receivedAt,
    @Nullable String groundTruth,
    CompletableFuture<Prediction> answer)
    implements PendingText {

  @Override
  public @Nullable Augmentation augmentation() {
    return null;
  }
}
