package io.distillstream.teacher.classifier;

import io.distillstream.model.TokenBatch;

/**
 * A model that gives texts, as token ids, a number for each class. Safe for use by many threads
 * until closed, which happens when no thread runs it. Its name, for messages, is what {@code
 * toString} says.
 */
public interface ScoreModel extends AutoCloseable {

  /** SHA-256 of the model's file, in hexadecimal. */
  String sha256();

  /** What else tells one use of the file from another, such as the output that is read. */
  String use();

  /** The output that is read, for messages, such as {@code output 'logits'}. */
  String output();

  /**
   * Runs one batch.
   *
   * @throws io.distillstream.teacher.TeacherException if the model fails, or its output holds no
   *     floating-point numbers
   */
  ScoreTable run(TokenBatch batch);

  @Override
  void close();
}
