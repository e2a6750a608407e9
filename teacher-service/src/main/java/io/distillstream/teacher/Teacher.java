package io.distillstream.teacher;

import io.distillstream.model.LabelSpace;
import java.util.Arrays;
import java.util.List;

/**
 * A model whose answers are worth learning: texts in, raw logits out.
 *
 * <p>A text is tokenized once, by {@link #tokenize}; its length then tells a batcher which texts
 * cost the same, and {@link #logits} takes it as it is. Every call of {@code logits} is one batch
 * padded to its longest text, so the fastest way through many texts is to sort them by {@link
 * TokenizedText#length()} and hand them over in runs of similar length.
 *
 * <p>Safe for use by many threads at once until closed. {@code logits} keeps all its computation
 * threads busy on its own: callers gain nothing by calling it concurrently.
 */
public interface Teacher extends AutoCloseable {

  /** The name of this teacher in soft labels; the same over all its versions. */
  String id();

  /** Names the exact weights: 12 hexadecimal digits. */
  String version();

  /** The classes, in the order of the logits. */
  LabelSpace labels();

  /** The most tokens of one text that are read; the rest of a longer text is ignored. */
  int maxTokens();

  /** The text as this teacher reads it, cut to {@link #maxTokens()}. Plain Java, microseconds. */
  TokenizedText tokenize(String text);

  /** How many tokens of {@code text} this teacher reads. */
  default int countTokens(String text) {
    return tokenize(text).length();
  }

  /**
   * Answers one batch.
   *
   * @param texts made by this teacher's own {@link #tokenize}; may be empty
   * @return raw logits {@code [texts, classes]}, in the order of the texts, never softened
   * @throws TeacherException if the model cannot be run
   */
  float[][] logits(List<TokenizedText> texts);

  /**
   * Answers one batch in full, with its embeddings if it has any.
   *
   * @param texts as for {@link #logits}
   * @throws TeacherException if the model cannot be run
   */
  default List<TeacherAnswer> answers(List<TokenizedText> texts) {
    return Arrays.stream(logits(texts)).map(TeacherAnswer::of).toList();
  }

  @Override
  void close();
}
