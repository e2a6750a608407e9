package io.distillstream.local.synthesize.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.model.LabelSpace;
import io.distillstream.teacher.TeacherUnavailableException;
import io.distillstream.teacher.openai.TextWriter;
import io.distillstream.teacher.openai.WritingSettings;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Texts that a language model writes, for each label as many. The label that a text was asked for
 * is not taken for its truth: the teacher says what it is. Owns the writer.
 */
public final class WrittenTexts implements TextSource {

  /** Texts that are asked for in one call. */
  static final int TEXTS_PER_CALL = 10;

  /** Calls in a row that brought nothing new, after which the model has no more to say. */
  private static final int FRUITLESS = 8;

  private static final int WORDS = 5;

  /** Of a call while the server is away. */
  private static final int ATTEMPTS = 5;

  /** A pause that is worth waiting for, such as that of a budget for a minute. */
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);

  private final TextWriter writer;
  private final LabelSpace labels;
  private final List<String> words;
  private final int maxBytes;
  private final SplittableRandom random;
  private final int[] written;
  private final Set<String> made = new HashSet<>();
  private final Deque<String> waiting = new ArrayDeque<>();

  /**
   * Texts of a server.
   *
   * @param words some of which go into each prompt; perhaps none
   * @param maxBytes longer texts are left out
   * @throws io.distillstream.teacher.TeacherException if the server refuses such calls
   */
  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // Taken over.
  public static WrittenTexts open(
      WritingSettings settings, LabelSpace labels, List<String> words, int maxBytes, long seed) {
    return new WrittenTexts(
        TextWriter.open(settings, labels.labels()), labels, words, maxBytes, seed);
  }

  private WrittenTexts(
      TextWriter writer, LabelSpace labels, List<String> words, int maxBytes, long seed) {
    this.writer = writer;
    this.labels = labels;
    this.words = List.copyOf(words);
    this.maxBytes = maxBytes;
    this.random = new SplittableRandom(seed);
    this.written = new int[labels.size()];
  }

  @Override
  public List<String> next(int count) throws InterruptedException {
    for (int fruitless = 0; waiting.size() < count && fruitless < FRUITLESS; ) {
      fruitless = write() ? 0 : fruitless + 1;
    }
    return IntStream.range(0, Math.min(count, waiting.size()))
        .mapToObj(i -> waiting.remove())
        .toList();
  }

  /** Whether a call brought something new. */
  private boolean write() throws InterruptedException {
    int label = fewest();
    int before = waiting.size();
    // Also where nothing comes of it: one label that the model refuses must not hold up the others.
    written[label]++;
    for (String text : ask(labels.label(label))) {
      if (text.getBytes(UTF_8).length <= maxBytes && made.add(text)) {
        waiting.add(text);
        written[label]++;
      }
    }
    return waiting.size() > before;
  }

  private int fewest() {
    int fewest = 0;
    for (int i = 1; i < written.length; i++) {
      fewest = written[i] < written[fewest] ? i : fewest;
    }
    return fewest;
  }

  private List<String> ask(String label) throws InterruptedException {
    List<String> some =
        IntStream.range(0, Math.min(WORDS, words.size()))
            .mapToObj(i -> words.get(random.nextInt(words.size())))
            .toList();
    long seed = random.nextInt(Integer.MAX_VALUE);
    for (int left = ATTEMPTS; ; left--) {
      try {
        return writer.write(label, TEXTS_PER_CALL, seed, some);
      } catch (TeacherUnavailableException e) {
        Duration pause = e.unavailability().retryAfter();
        if (pause.compareTo(LONGEST_PAUSE) > 0 || left == 1) {
          throw new CommandFailedException(
              "The language model writes nothing just now: " + e.getMessage(), e);
        }
        TimeUnit.MILLISECONDS.sleep(Math.max(1, pause.toMillis()));
      }
    }
  }

  @Override
  public void close() {
    writer.close();
  }

  @Override
  public void passOver(Collection<String> texts) {
    made.addAll(texts);
  }
}
