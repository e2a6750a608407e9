package io.distillstream.tap.sample;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * At which rate labels are recorded, by how often each has come of late.
 *
 * <p>A label that makes up the share f of them, where t is tolerated, is recorded at the rate
 * {@code min(1, t / f)}: of all labels it then makes up no more than t, and what is rarer is
 * recorded whole. Each label counts one and fades, half in {@value #HALF_LIFE} further ones; its
 * share is taken of a window that is full, so that nothing is thinned before there is evidence for
 * it.
 *
 * <p>The {@value #MOST_LABELS} labels that came last are counted, by their hashes and not their
 * texts: about 2 MiB. A label that makes up {@value #LEAST_SHARE} comes back among so many with a
 * probability of 1 - 10^-7, however many others come once. Not thread-safe.
 */
final class LabelRates {

  static final double LEAST_SHARE = 0.001;
  static final int MOST_LABELS = 16_384;
  static final int HALF_LIFE = 2_000;

  private static final double FADING = Math.pow(2, -1.0 / HALF_LIFE);
  private static final Hasher64 HASH = Hashing.komihash5_0();

  private final double tolerated;
  private final Map<Long, Count> counts = new Newest();
  private long added;

  /** Faded as of the label of this number. */
  private static final class Count {
    private double value;
    private long asOf;
  }

  /** The least recently counted label goes. */
  private static final class Newest extends LinkedHashMap<Long, Count> {
    private static final long serialVersionUID = 1;

    Newest() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Long, Count> eldest) {
      return size() > MOST_LABELS;
    }
  }

  /**
   * @param tolerated share of all labels that one may make up
   */
  LabelRates(double tolerated) {
    this.tolerated = tolerated;
  }

  /** Counts a label, without regard to case and blanks around it, and says its rate. */
  double count(String label) {
    added++;
    Count count =
        counts.computeIfAbsent(
            HASH.hashCharsToLong(label.strip().toLowerCase(Locale.ROOT)), key -> new Count());
    count.value = count.value * Math.pow(FADING, (double) (added - count.asOf)) + 1;
    count.asOf = added;
    double share = count.value * (1 - FADING);
    return Math.min(1, tolerated / share);
  }

  /** How many labels are counted. */
  int size() {
    return counts.size();
  }
}
