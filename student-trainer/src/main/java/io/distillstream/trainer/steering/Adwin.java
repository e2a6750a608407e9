package io.distillstream.trainer.steering;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A window over a stream of numbers in [0, 1] that grows while their mean stays and drops its older
 * part when it does not: ADWIN2 of Bifet, Gavaldà, <a
 * href="https://doi.org/10.1137/1.9781611972771.42">Learning from Time-Changing Data with Adaptive
 * Windowing</a>, SDM 2007.
 *
 * <p>The window of n numbers is cut at every place where two parts of n₀ and n₁ numbers meet; the
 * older one goes if the means differ by at least
 *
 * <pre>
 * ε = √(2/m · σ² · ln(2/δ')) + 2/(3m) · ln(2/δ')        1/m = 1/n₀ + 1/n₁, δ' = δ / ln n
 * </pre>
 *
 * <p>The numbers stand in an exponential histogram of buckets of 1, 2, 4, … numbers, at most five
 * of a size, so that memory and time per check grow with the logarithm of n. Not thread-safe.
 */
final class Adwin {
  private static final int BUCKETS_OF_A_SIZE = 5;

  /** Shorter parts are not compared. */
  private static final long LEAST_PART = 32;

  /**
   * What was dropped, beside what is left.
   *
   * @param before mean of the older part
   * @param after mean of the newer part
   * @param afterLength numbers in the newer part
   */
  record Change(double before, double after, long afterLength) {}

  private record Bucket(long length, double sum, double squares) {
    Bucket plus(Bucket other) {
      return new Bucket(length + other.length, sum + other.sum, squares + other.squares);
    }
  }

  private final double delta;

  /** From the oldest, largest, to the newest. */
  private final Deque<Bucket> buckets = new ArrayDeque<>();

  /**
   * @param delta bound on the probability of a change seen where there is none
   */
  Adwin(double delta) {
    this.delta = delta;
  }

  void add(double value) {
    buckets.addLast(new Bucket(1, value, value * value));
    compress();
  }

  /** Joins the two oldest buckets of a size wherever there are too many of it. */
  private void compress() {
    Deque<Bucket> newer = new ArrayDeque<>();
    for (long size = 1; ; size *= 2) {
      Deque<Bucket> same = new ArrayDeque<>();
      while (!buckets.isEmpty() && buckets.getLast().length == size) {
        same.addFirst(buckets.removeLast());
      }
      boolean full = same.size() > BUCKETS_OF_A_SIZE;
      if (full) {
        buckets.addLast(same.removeFirst().plus(same.removeFirst()));
      }
      while (!same.isEmpty()) {
        newer.addFirst(same.removeLast());
      }
      if (!full) {
        break;
      }
    }
    buckets.addAll(newer);
  }

  /** Drops what no longer fits the newer part. Empty if the mean stayed. */
  Optional<Change> check() {
    Change first = null;
    for (Change change = cut(); change != null; change = cut()) {
      first = first == null ? change : new Change(first.before, change.after, change.afterLength);
      buckets.removeFirst();
    }
    return Optional.ofNullable(first);
  }

  private @Nullable Change cut() {
    Bucket total = total();
    double variance = total.squares / total.length - mean(total) * mean(total);
    double log = Math.log(2 * Math.log(Math.max(Math.E, (double) total.length)) / delta);
    Bucket older = new Bucket(0, 0, 0);
    for (Bucket bucket : buckets) {
      older = older.plus(bucket);
      Bucket newer = minus(total, older);
      if (newer.length < LEAST_PART) {
        return null;
      }
      if (older.length >= LEAST_PART) {
        double inverse = 1.0 / older.length + 1.0 / newer.length;
        double bound =
            Math.sqrt(2 * inverse * Math.max(0, variance) * log) + 2.0 / 3 * inverse * log;
        if (Math.abs(mean(older) - mean(newer)) >= bound) {
          return new Change(mean(older), mean(newer), newer.length);
        }
      }
    }
    return null;
  }

  private static Bucket minus(Bucket whole, Bucket part) {
    return new Bucket(
        whole.length - part.length, whole.sum - part.sum, whole.squares - part.squares);
  }

  private static double mean(Bucket bucket) {
    return bucket.sum / bucket.length;
  }

  /** Summed anew each time, so that a window read back equals the one written bit for bit. */
  private Bucket total() {
    return buckets.stream().reduce(new Bucket(0, 0, 0), Bucket::plus);
  }

  /** Numbers in the window. */
  long length() {
    return total().length;
  }

  /** The window as text, exact; the inverse of {@link #read}. */
  String write() {
    StringJoiner text = new StringJoiner(" ");
    buckets.forEach(b -> text.add(b.length + ":" + b.sum + ":" + b.squares));
    return text.toString();
  }

  /**
   * Reads a window.
   *
   * @throws IllegalArgumentException if the text is none
   */
  static Adwin read(double delta, String text) {
    Adwin adwin = new Adwin(delta);
    for (String bucket : text.isBlank() ? new String[0] : text.split(" ", -1)) {
      String[] parts = bucket.split(":", -1);
      if (parts.length != 3) {
        throw new IllegalArgumentException(
            "expected buckets length:sum:squares, got \"%s\"".formatted(bucket));
      }
      adwin.buckets.addLast(
          new Bucket(
              Long.parseLong(parts[0]),
              Double.parseDouble(parts[1]),
              Double.parseDouble(parts[2])));
    }
    return adwin;
  }
}
