package io.distillstream.teacher.queue;

import io.distillstream.avro.Augmentation;
import io.opentelemetry.api.trace.SpanContext;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A text that waits for its label. */
public sealed interface PendingText permits HttpText, LogText {

  String requestId();

  String text();

  /** What it costs the teacher to answer, by the teacher's own measure. */
  int size();

  Instant receivedAt();

  /** What it is labelled for, in the trace of whoever asks; invalid where nothing is traced. */
  SpanContext trace();

  /** Set where no client asks but a student. */
  @Nullable Augmentation augmentation();
}
