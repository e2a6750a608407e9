package io.distillstream.local.feed.order;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;

/**
 * Mixes a stream that may have no end: holds a number of elements, gives out one of them at random,
 * and takes the next one in its place. Up to as many elements as it holds are shuffled uniformly;
 * of more, none comes earlier than its place less the number held.
 */
final class ShuffleBuffer<T> implements Iterator<T> {

  private final Iterator<T> source;
  private final int capacity;
  private final Random random;
  private final Runnable whenOverflowing;
  private final List<T> held = new ArrayList<>();
  private boolean begun;
  private boolean overflowed;

  /**
   * Reads nothing yet.
   *
   * @param source borrowed
   * @param capacity elements held at most
   * @param whenOverflowing called once, if there are more elements than are held
   */
  ShuffleBuffer(Iterator<T> source, int capacity, long seed, Runnable whenOverflowing) {
    this.source = source;
    this.capacity = capacity;
    this.random = new Random(seed);
    this.whenOverflowing = whenOverflowing;
  }

  @Override
  public boolean hasNext() {
    while (held.size() < capacity && source.hasNext()) {
      held.add(source.next());
      if (begun && !overflowed) {
        overflowed = true;
        whenOverflowing.run();
      }
    }
    return !held.isEmpty();
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    begun = true;
    int chosen = random.nextInt(held.size());
    T last = held.remove(held.size() - 1);
    return chosen == held.size() ? last : held.set(chosen, last);
  }
}
