package io.distillstream.benchmarks.student;

import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.loss.AbsentTarget;
import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.trainer.loss.SoftTarget;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A teacher of the next word piece that can be counted: the distribution of what follows a piece in
 * given texts, smoothed towards that of all pieces.
 *
 * <pre>
 * p(b | a) = (count(a b) + κ p(b)) / (count(a) + κ)        κ = 4
 * </pre>
 *
 * after MacKay, Peto, A Hierarchical Dirichlet Language Model, 1995.
 */
final class BigramTeacher {
  private static final double STRENGTH = 4;

  private final int words;
  private final double[] unigram;
  private final List<Map<Integer, Integer>> followers = new ArrayList<>();
  private final Map<Integer, SoftTarget> targets = new HashMap<>();

  /**
   * Counts texts.
   *
   * @param words size of the vocabulary
   */
  BigramTeacher(List<int[]> texts, int words) {
    this.words = words;
    this.unigram = new double[words];
    double total = words;
    for (int word = 0; word < words; word++) {
      followers.add(new HashMap<>());
      unigram[word] = 1;
    }
    for (int[] text : texts) {
      for (int i = 1; i < text.length; i++) {
        followers.get(text[i - 1]).merge(text[i], 1, Integer::sum);
        unigram[text[i]]++;
        total++;
      }
    }
    for (int word = 0; word < words; word++) {
      unigram[word] /= total;
    }
  }

  /** {@code log p(b)} of every piece b. */
  float[] unigramLogits() {
    float[] logits = new float[words];
    for (int word = 0; word < words; word++) {
      logits[word] = (float) Math.log(unigram[word]);
    }
    return logits;
  }

  /** {@code log p(b | word)} of every piece b. */
  private SoftTarget after(int word) {
    return targets.computeIfAbsent(
        word,
        given -> {
          Map<Integer, Integer> counts = followers.get(given);
          double total = STRENGTH;
          for (int count : counts.values()) {
            total += count;
          }
          float[] logits = new float[words];
          for (int next = 0; next < words; next++) {
            double mass = counts.getOrDefault(next, 0) + STRENGTH * unigram[next];
            logits[next] = (float) Math.log(mass / total);
          }
          return new DenseTarget(logits);
        });
  }

  /** Texts with a target for every token but each text's last; the truth is the next token. */
  TrainingBatch batch(List<int[]> texts) {
    List<SoftTarget> said = new ArrayList<>();
    List<Integer> truth = new ArrayList<>();
    for (int[] text : texts) {
      for (int i = 0; i < text.length; i++) {
        boolean last = i + 1 == text.length;
        said.add(last ? new AbsentTarget(words) : after(text[i]));
        truth.add(last ? TrainingBatch.UNKNOWN : text[i + 1]);
      }
    }
    return new TrainingBatch(
        new TokenInputs(texts.toArray(int[][]::new)),
        said,
        truth.stream().mapToInt(Integer::intValue).toArray());
  }
}
