package io.distillstream.trainer.memory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * A bounded sample of a stream of examples, from which examples are drawn at random.
 *
 * <p>Each example has a priority that is drawn from the seed and its place in the stream, and the
 * largest priorities stay. So there is no generator whose state would have to be kept, and a memory
 * that was written and read goes on as one that was not. With uniform priorities that is reservoir
 * sampling; with priorities {@code u^(1/w)} it is sampling with weights w (Efraimidis, Spirakis, <a
 * href="https://doi.org/10.1016/j.ipl.2005.11.003">Weighted random sampling with a reservoir</a>,
 * 2006), and weights that grow with the place in the stream make old examples fade.
 *
 * <p>Not thread-safe.
 */
public final class ExampleMemory {
  /** Half-lives' worth of examples by which the shares of labels are known. */
  private static final long SHARES_HALF_LIVES = 10;

  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private final MemoryPlan plan;
  private final long seed;
  private final List<Held> held = new ArrayList<>();

  /** By label where labels are balanced, all under one key where they are not. */
  private final Map<Integer, PriorityQueue<Held>> lowestFirst = new HashMap<>();

  private final LabelCounts labels;
  private long offered;
  private long bytes;

  /** An example in the memory, and where. */
  private static final class Held {
    private final MemoryState.Entry entry;
    private final double priority;
    private int place;

    Held(MemoryState.Entry entry, double priority) {
      this.entry = entry;
      this.priority = priority;
    }
  }

  /**
   * Continues from a state.
   *
   * @param seed of priorities and draws
   * @throws IllegalArgumentException if the state holds what is no example
   */
  public ExampleMemory(MemoryPlan plan, long seed, MemoryState state) {
    this.plan = plan;
    this.seed = seed;
    offered = state.offered();
    labels = new LabelCounts(state.labels(), SHARES_HALF_LIVES * plan.halfLife());
    for (MemoryState.Entry entry : state.entries()) {
      Remembered example = RememberedCodec.decode(entry.bytes());
      if (state.labels().length == 0) {
        labels.add(example.target().answer()); // A state that does not count them.
      }
      add(entry, example);
    }
    // A plan may have less room than the one before.
    makeRoom();
  }

  /** Keeps the example, if its priority is high enough. */
  public void offer(Remembered example) {
    labels.add(example.target().answer());
    add(new MemoryState.Entry(offered++, RememberedCodec.encode(example)), example);
    makeRoom();
  }

  private void add(MemoryState.Entry entry, Remembered example) {
    if (entry.bytes().length > plan.maxBytes()) {
      return; // It would push out everything else, and then itself.
    }
    int group = plan.policy().isByLabel() ? example.target().answer() : 0;
    Held added = new Held(entry, priority(entry.sequence()));
    added.place = held.size();
    held.add(added);
    bytes += entry.bytes().length;
    lowestFirst
        .computeIfAbsent(
            group,
            absent ->
                new PriorityQueue<>(
                    Comparator.<Held>comparingDouble(one -> one.priority)
                        .thenComparingLong(one -> one.entry.sequence())))
        .add(added);
  }

  private double priority(long sequence) {
    double uniform = new SplittableRandom(seed + GOLDEN * (sequence + 1)).nextDouble();
    // The logarithm of -1 / log u^(1/w), which rises with u^(1/w) and does not overflow.
    return plan.policy().isRecent()
        ? -StrictMath.log(-StrictMath.log(uniform))
            + sequence * (StrictMath.log(2) / plan.halfLife())
        : uniform;
  }

  private void makeRoom() {
    while (held.size() > plan.maxExamples() || bytes > plan.maxBytes()) {
      Map.Entry<Integer, PriorityQueue<Held>> fullest =
          lowestFirst.entrySet().stream()
              .max(
                  Comparator.<Map.Entry<Integer, PriorityQueue<Held>>>comparingDouble(
                          group -> group.getValue().size() / due(group.getKey()))
                      .thenComparing(Map.Entry.comparingByKey()))
              .orElseThrow();
      remove(fullest.getValue().remove());
      if (fullest.getValue().isEmpty()) {
        lowestFirst.remove(fullest.getKey());
      }
    }
  }

  /** The share of the room that a group may have where all compete for it. */
  private double due(int group) {
    return plan.policy() == MemoryPolicy.STRATIFIED
        ? 0.5 * labels.share(group) + 0.5 / lowestFirst.size()
        : 1;
  }

  /** The last one takes its place. */
  private void remove(Held gone) {
    Held last = held.remove(held.size() - 1);
    if (last != gone) {
      held.set(gone.place, last);
      last.place = gone.place;
    }
    bytes -= gone.entry.bytes().length;
  }

  /** Number of examples held. */
  public int size() {
    return held.size();
  }

  /** Bytes of all examples held. */
  public long bytes() {
    return bytes;
  }

  /** Examples offered so far. */
  public long offered() {
    return offered;
  }

  /**
   * Draws without replacement, each as likely as the other.
   *
   * @param count at most so many
   * @param turn tells draws apart: the same memory gives the same examples in the same turn
   */
  public List<Drawn> draw(int count, long turn) {
    // Split, since the numbers of neighbouring turns would be the same ones, moved by a few places.
    SplittableRandom random = new SplittableRandom(seed + GOLDEN * (turn + 1)).split();
    int drawn = Math.min(count, held.size());
    // Floyd's algorithm, in the order of the draws.
    List<Integer> places = new ArrayList<>(drawn);
    for (int upTo = held.size() - drawn; upTo < held.size(); upTo++) {
      int place = random.nextInt(upTo + 1);
      places.add(places.contains(place) ? upTo : place);
    }
    return places.stream().map(place -> drawn(held.get(place).entry)).toList();
  }

  private Drawn drawn(MemoryState.Entry entry) {
    return new Drawn(RememberedCodec.decode(entry.bytes()), offered - 1 - entry.sequence());
  }

  /** Everything that later offers and draws depend on besides plan and seed. */
  public MemoryState state() {
    return new MemoryState(offered, labels.counts(), held.stream().map(one -> one.entry).toList());
  }
}
