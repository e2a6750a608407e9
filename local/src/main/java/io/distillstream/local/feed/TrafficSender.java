package io.distillstream.local.feed;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Sends what an iterator gives to a feed, in small batches, at a steady rate. */
public final class TrafficSender {

  private final Feed feed;
  private final Pace pace;
  private final int batchSize;

  /**
   * @param batchSize requests per call of the feed
   */
  public TrafficSender(Feed feed, Pace pace, int batchSize) {
    this.feed = feed;
    this.pace = pace;
    this.batchSize = batchSize;
  }

  /**
   * Sends until the iterator ends or {@code goOn} says no.
   *
   * @return requests handed to the feed
   */
  public long send(Iterator<TrafficItem> items, BooleanSupplier goOn) throws InterruptedException {
    long sent = 0;
    List<TrafficItem> batch = new ArrayList<>(batchSize);
    while (goOn.getAsBoolean() && items.hasNext()) {
      batch.add(items.next());
      if (batch.size() == batchSize || !items.hasNext()) {
        pace.await(batch.size());
        feed.send(batch);
        sent += batch.size();
        batch.clear();
      }
    }
    return sent;
  }
}
