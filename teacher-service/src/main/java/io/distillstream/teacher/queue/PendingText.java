package io.distillstream.teacher.queue;

import io.distillstream.avro.Augmentation;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A text that waits for its label. */
public sealed interface PendingText permits HttpText, LogText {

  String requestId();

  String text();

  /** What it costs the teacher to answer, by the teacher's own measure. */
  int size();

  Instant receivedAt();

  /** Set where no client asks but a student. */
  @Nullable Augmentation augmentation();
}
