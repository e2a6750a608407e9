package io.distillstream.local.feed.order;

import io.distillstream.text.LabelledText;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Watches the labels that go by, and tells once if they come in runs: if the mean run of one label
 * is several times as long as the same labels would give in random order. Texts without a label do
 * not count.
 */
final class LabelRuns implements Iterator<LabelledText> {

  /** In random order the ratio of mean runs is about 1. */
  private static final double LONG_RUNS = 4;

  private static final long FEWEST_TEXTS = 100;
  private static final long FIRST_LOOK = 1_000;

  /** So many different labels are none; they are not watched any further. */
  private static final int MOST_LABELS = 10_000;

  private final Iterator<LabelledText> source;
  private final String remedy;
  private final Consumer<String> tell;
  private final Map<String, Long> counts = new HashMap<>();
  private String last = "";
  private long labelled;
  private long runs;
  private long nextLook = FIRST_LOOK;
  private boolean done;

  /**
   * Passes everything on.
   *
   * @param source borrowed
   * @param remedy what mixes the labels
   * @param tell gets the line
   */
  LabelRuns(Iterator<LabelledText> source, String remedy, Consumer<String> tell) {
    this.source = source;
    this.remedy = remedy;
    this.tell = tell;
  }

  @Override
  public boolean hasNext() {
    boolean more = source.hasNext();
    if (!more) {
      look();
    }
    return more;
  }

  @Override
  public LabelledText next() {
    LabelledText text = source.next();
    if (!done && text.label().isPresent()) {
      count(text.label().get());
      if (labelled == nextLook) {
        nextLook *= 2;
        look();
      }
    }
    return text;
  }

  private void count(String label) {
    labelled++;
    counts.merge(label, 1L, Long::sum);
    if (!label.equals(last)) {
      runs++;
      last = label;
    }
    if (counts.size() > MOST_LABELS) {
      done = true;
      counts.clear();
    }
  }

  private void look() {
    if (done || labelled < FEWEST_TEXTS || counts.size() < 2) {
      return;
    }
    double meanRun = (double) labelled / runs;
    if (meanRun >= LONG_RUNS * meanRunInRandomOrder()) {
      done = true;
      tell.accept(
          String.format(
              Locale.ROOT,
              "labels come in runs: mean run %,.0f texts of %,d labels in the first %,d; %s",
              meanRun,
              counts.size(),
              labelled,
              remedy));
    }
  }

  /** {@code 1 / (1 - Σ p²)}, with the labels' shares p so far. */
  private double meanRunInRandomOrder() {
    double same =
        counts.values().stream()
            .mapToDouble(count -> (double) count / labelled)
            .map(share -> share * share)
            .sum();
    return 1 / (1 - same);
  }
}
