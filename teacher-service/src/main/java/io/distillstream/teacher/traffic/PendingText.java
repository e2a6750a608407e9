package io.distillstream.teacher.traffic;

import io.distillstream.teacher.TokenizedText;
import java.time.Instant;

/** A text that waits for its label. */
sealed interface PendingText permits HttpText, LogText {

  String requestId();

  String text();

  TokenizedText tokens();

  Instant receivedAt();
}
