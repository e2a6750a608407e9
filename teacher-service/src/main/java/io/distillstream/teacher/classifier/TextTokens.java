package io.distillstream.teacher.classifier;

/** A tokenizer, as far as a classifier needs it. Thread-safe until closed. */
interface TextTokens extends AutoCloseable {

  /** The ids of a text, special tokens included, at least one and no more than the most. */
  int[] encode(String text);

  /** The id that fills a batch up to its longest text. */
  int paddingId();

  @Override
  void close();
}
