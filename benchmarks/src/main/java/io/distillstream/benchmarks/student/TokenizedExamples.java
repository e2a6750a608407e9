package io.distillstream.benchmarks.student;

import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.trainer.examples.Example;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Makes examples of texts and what a teacher said to them, as a trainer does of records off the
 * log.
 *
 * @param maxTokens longer texts are cut
 */
public record TokenizedExamples(WordPieceTokenizer tokenizer, int maxTokens, int classes) {

  /**
   * An example of each text.
   *
   * @param prefix of request ids, which end with the place of the text
   * @param truths index of each text's label
   * @param logits {@code [texts or more, classes]}, row-major
   */
  public List<Example> of(String prefix, List<String> texts, int[] truths, float[] logits) {
    List<Example> examples = new ArrayList<>(texts.size());
    for (int i = 0; i < texts.size(); i++) {
      examples.add(
          new Example(
              prefix + i,
              tokenizer.encode(texts.get(i), maxTokens),
              Arrays.copyOfRange(logits, i * classes, (i + 1) * classes),
              truths[i],
              Instant.EPOCH,
              Map.of("benchmark", "benchmark")));
    }
    return examples;
  }
}
