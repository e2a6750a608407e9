package io.distillstream.artifacts.incumbent;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The living test set: held-out requests, as many as its capacity, by label and time.
 *
 * <p><b>What goes.</b> A label is due half of an equal share of the capacity and half of its
 * long-run share of the traffic. When the memory is full, the oldest request of the label that is
 * farthest above its due goes: labels below their due keep everything, so that rare ones can be
 * judged, and frequent ones have enough for the weights below.
 *
 * <p><b>What counts.</b> A label counts as much as its long-run share π ({@link LabelShares}) of
 * the held-out requests, which bursts hardly move. Within a label a request counts {@code 2^(-rank
 * / h)}, where rank is the number of newer ones of the same label and {@code h = π × half-life}, at
 * least 1. In traffic of the usual mix every request is thus half as important after as many
 * further ones as the half-life says, whatever its label. A burst of one label ages that label
 * alone; a true change of meaning comes with requests of all labels and ages all. Since h grows
 * with π, no single request weighs more than about {@code 0.7 / half-life}, on which the power of
 * the test rests. Where {@link MeaningChange} finds that the meaning changed, each request since
 * then ages the older ones of its label by a whole half-life.
 *
 * <p>Not thread-safe.
 */
public final class HeldOutMemory {
  private static final double SHARES_HALF_LIVES = 10;

  private final int capacity;
  private final double halfLife;
  private LabelShares shares;
  private final Map<Integer, Deque<Kept>> labels = new TreeMap<>();
  private final Set<String> ids = new HashSet<>();

  /** How many requests were added. */
  private long arrivals;

  /** The first request of the meaning that holds now; those before it age faster. */
  private long changedAt;

  /** A request and how many came before it. */
  private record Kept(HeldOut request, long arrival) {}

  /**
   * @param capacity most requests kept
   * @param halfLife after how many further requests of the usual mix one counts half
   */
  public HeldOutMemory(int capacity, double halfLife) {
    if (capacity < 1 || !(halfLife > 0)) {
      throw new IllegalArgumentException(
          "expected positive capacity and half-life, got %d and %s".formatted(capacity, halfLife));
    }
    this.capacity = capacity;
    this.halfLife = halfLife;
    this.shares = newShares();
  }

  private LabelShares newShares() {
    return new LabelShares(SHARES_HALF_LIVES * halfLife);
  }

  /** Adds the newest request; nothing changes where it is here already. */
  public void add(HeldOut request) {
    if (!ids.add(request.id())) {
      return;
    }
    shares.add(request.label());
    labels
        .computeIfAbsent(request.label(), label -> new ArrayDeque<>())
        .addLast(new Kept(request, arrivals++));
    if (ids.size() > capacity) {
      int fullest = fullest();
      Deque<Kept> kept = requireNonNull(labels.get(fullest));
      ids.remove(kept.removeFirst().request().id());
      if (kept.isEmpty()) {
        labels.remove(fullest);
      }
    }
  }

  private int fullest() {
    int fullest = -1;
    double most = 0;
    for (Map.Entry<Integer, Deque<Kept>> label : labels.entrySet()) {
      double due = 0.5 * shares.of(label.getKey()) + 0.5 / labels.size();
      double filled = label.getValue().size() / due;
      if (filled > most) {
        fullest = label.getKey();
        most = filled;
      }
    }
    return fullest;
  }

  /** How many requests are kept. */
  public int size() {
    return ids.size();
  }

  /** Forgets everything. */
  public void clear() {
    labels.clear();
    ids.clear();
    shares = newShares();
    arrivals = 0;
    changedAt = 0;
  }

  /**
   * Says that requests from an arrival on mean something else than those before it. Of a label with
   * newer requests the older ones age by a half-life with each of them.
   */
  void changed(long arrival) {
    changedAt = Math.max(changedAt, arrival);
  }

  /** The first arrival of the meaning that holds now; 0 where no change is known. */
  long changedAt() {
    return changedAt;
  }

  /** What is kept now, with its weights. */
  public WeightedRequests sample() {
    Sample sample = new Sample(size());
    double present = labels.keySet().stream().mapToDouble(shares::of).sum();
    labels.forEach((label, kept) -> sample.add(kept, shares.of(label) / present));
    return new WeightedRequests(
        sample.requests, sample.weights, sample.ages, sample.arrivals, changedAt);
  }

  /** Fills arrays label by label, the newest of each first. */
  private final class Sample {
    private final List<HeldOut> requests = new ArrayList<>();
    private final double[] weights;
    private final double[] ages;
    private final long[] arrivals;

    Sample(int size) {
      weights = new double[size];
      ages = new double[size];
      arrivals = new long[size];
    }

    void add(Deque<Kept> label, double share) {
      int first = requests.size();
      double h = Math.max(1, share * halfLife);
      double sum = 0;
      int newer = 0;
      for (Iterator<Kept> kept = label.descendingIterator(); kept.hasNext(); ) {
        Kept one = kept.next();
        int i = requests.size();
        requests.add(one.request());
        arrivals[i] = one.arrival();
        newer += one.arrival() >= changedAt ? 1 : 0;
        ages[i] = (i - first) / h + (one.arrival() >= changedAt ? 0 : newer);
        weights[i] = Math.pow(2, -ages[i]);
        sum += weights[i];
      }
      for (int i = first; i < requests.size(); i++) {
        weights[i] *= share / sum;
      }
    }
  }
}
