package io.distillstream.local.synthesize.text;

import io.distillstream.local.evaluate.answer.Answer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Texts of words drawn from a vocabulary. A teacher's answers to such texts carry much of what it
 * knows (Krishna et al., <a href="https://arxiv.org/abs/1910.12366">Thieves on Sesame Street</a>,
 * ICLR 2020).
 *
 * <p>Drawn at random, most of them leave a teacher unsure, and some labels hardly occur. Steered,
 * each text climbs a few steps: of the labels that the teacher deems most probable for it the one
 * that has had the fewest texts is its aim, one or two of its words are replaced, and what makes
 * the teacher surer of the aim stays. Only the text at the end of a climb may be sent: texts that
 * differ in a word or two teach a student little more than one of them.
 *
 * <p>The same words, seed and answers make the same texts. Memory grows with the texts made.
 */
public final class VocabularyTexts implements TextSource {

  /** Attempts at a text that was not made before. */
  private static final int ATTEMPTS = 1_000;

  /** Of the most probable labels of a text, those that may become its aim. */
  private static final int AIMS = 5;

  private static final double SECOND_CHANGE = 0.5;

  private final WordDraw words;
  private final TextLength length;
  private final SplittableRandom random;
  private final int steps;
  private final Set<String> made = new HashSet<>();
  private final Map<String, Climb> open = new HashMap<>();
  private final Deque<Climb> waiting = new ArrayDeque<>();
  private int[] aimedAt = new int[0];

  /** A text on its way. */
  private static final class Climb {
    int[] asked;
    int[] best;
    @Nullable Answered reached;
    int aim;
    int step;

    Climb(int[] words) {
      asked = words;
      best = words;
    }
  }

  /**
   * @param words most frequent first
   * @param exponent by which frequent words are preferred; 0: not at all
   * @param steps of each climb, each of which the teacher has to answer; 0: texts are as drawn
   */
  public VocabularyTexts(
      List<String> words, double exponent, TextLength length, int steps, long seed) {
    this.words = new WordDraw(words, exponent);
    this.length = length;
    this.steps = steps;
    this.random = new SplittableRandom(seed);
  }

  @Override
  public List<String> next(int count) {
    List<String> texts = new ArrayList<>(count);
    while (texts.size() < count) {
      Climb climb = waiting.poll();
      Optional<String> text = climb == null ? unseen(new Climb(new int[0])) : unseen(climb);
      if (text.isEmpty()) {
        return texts;
      }
      texts.add(text.get());
    }
    return texts;
  }

  /** The next step of a climb, or its first text, that was not made before. */
  private Optional<String> unseen(Climb climb) {
    for (int i = 0; i < ATTEMPTS; i++) {
      climb.asked = climb.best.length == 0 ? drawn() : changed(climb.best);
      String text =
          Arrays.stream(climb.asked).mapToObj(words::word).collect(Collectors.joining(" "));
      if (made.add(text)) {
        if (steps > 0) {
          open.put(text, climb);
        }
        return Optional.of(text);
      }
    }
    return Optional.empty();
  }

  private int[] drawn() {
    return IntStream.range(0, length.draw(random)).map(i -> words.draw(random)).toArray();
  }

  private int[] changed(int[] text) {
    int[] changed = text.clone();
    changed[random.nextInt(changed.length)] = words.draw(random);
    if (random.nextDouble() < SECOND_CHANGE) {
      changed[random.nextInt(changed.length)] = words.draw(random);
    }
    return changed;
  }

  @Override
  public Optional<Answered> answered(String text, Answer answer) {
    Climb climb = open.remove(text);
    if (climb == null) {
      return Optional.of(new Answered(text, answer));
    }
    Answered before = climb.reached;
    if (before == null) {
      climb.aim = aim(answer);
    }
    if (before == null || answer.probability(climb.aim) > before.answer().probability(climb.aim)) {
      climb.best = climb.asked;
      climb.reached = new Answered(text, answer);
    }
    climb.step++;
    if (climb.step <= steps) {
      waiting.add(climb);
      return Optional.empty();
    }
    return Optional.ofNullable(climb.reached);
  }

  /** A label that the teacher can be made sure of from here, and that needs texts. */
  private int aim(Answer answer) {
    if (aimedAt.length == 0) {
      aimedAt = new int[answer.classes()];
    }
    int aim =
        IntStream.range(0, answer.classes())
            .boxed()
            .sorted((a, b) -> Double.compare(answer.probability(b), answer.probability(a)))
            .limit(AIMS)
            .min((a, b) -> Integer.compare(aimedAt[a], aimedAt[b]))
            .orElseThrow();
    aimedAt[aim]++;
    return aim;
  }

  @Override
  public void passOver(Collection<String> texts) {
    made.addAll(texts);
  }
}
