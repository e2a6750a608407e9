package io.distillstream.teacher.fit;

import io.distillstream.teacher.encoder.TokenizedText;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Tells every few seconds how many texts are encoded, how fast, and how long the rest will take.
 * The rest is estimated by tokens: sorted by length, the last texts cost most.
 */
final class EncodingProgress {
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final int texts;
  private final long tokens;
  private final Consumer<String> progress;
  private final long startNanos = System.nanoTime();
  private long toldNanos = startNanos;
  private int textsDone;
  private long tokensDone;

  EncodingProgress(List<TokenizedText> texts, Consumer<String> progress) {
    this.texts = texts.size();
    this.tokens = tokens(texts);
    this.progress = progress;
  }

  private static long tokens(List<TokenizedText> texts) {
    return texts.stream().mapToLong(TokenizedText::length).sum();
  }

  void add(List<TokenizedText> batch) {
    textsDone += batch.size();
    tokensDone += tokens(batch);
    long now = System.nanoTime();
    if (now - toldNanos >= INTERVAL.toNanos() || textsDone == texts) {
      toldNanos = now;
      double seconds = (now - startNanos) / 1e9;
      progress.accept(
          "Encoded %d of %d texts, %.0f texts/s, about %.0f s left"
              .formatted(
                  textsDone,
                  texts,
                  textsDone / seconds,
                  seconds * (tokens - tokensDone) / tokensDone));
    }
  }
}
