package io.distillstream.teacher.traffic;

import io.distillstream.avro.Augmentation;
import io.distillstream.teacher.TokenizedText;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A text that waits for its label. */
sealed interface PendingText permits HttpText, LogText {

  String requestId();

  String text();

  TokenizedText tokens();

  Instant receivedAt();

  /** Set where no client asks but a student. */
  @Nullable Augmentation augmentation();
}
