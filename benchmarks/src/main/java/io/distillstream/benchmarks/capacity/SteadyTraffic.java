package io.distillstream.benchmarks.capacity;

import io.distillstream.local.feed.HttpFeed;
import io.distillstream.local.feed.Pace;
import io.distillstream.local.feed.TrafficItem;
import io.distillstream.local.wordnet.Gloss;
import io.distillstream.local.wordnet.WordNetGlosses;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** WordNet glosses over HTTP, one in a call, each with its label. Owns a thread. */
final class SteadyTraffic implements AutoCloseable {
  private static final int CALLS = 32;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final List<Gloss> glosses = WordNetGlosses.load().traffic();
  private final HttpFeed feed;
  private final Thread thread = new Thread(this::run, "traffic");
  private volatile Pace pace;
  private volatile boolean stopping;
  private volatile @Nullable RuntimeException failure;

  /**
   * Begins to send.
   *
   * @param rate requests per second
   */
  SteadyTraffic(URI teacher, double rate) {
    feed = new HttpFeed(teacher.toString(), CALLS, PATIENCE);
    pace = new Pace(rate, System::nanoTime);
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      for (int i = 0; !stopping; i++) {
        pace.await(1);
        Gloss gloss = glosses.get(i % glosses.size());
        feed.send(
            List.of(new TrafficItem("capacity-" + i, gloss.text(), Optional.of(gloss.label()))));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  /** Goes on at another rate, in requests per second. */
  void rate(double rate) {
    pace = new Pace(rate, System::nanoTime);
  }

  /**
   * Requests that were answered so far.
   *
   * @throws RuntimeException what made the traffic end
   */
  long answered() {
    RuntimeException thrown = failure;
    if (thrown != null) {
      throw thrown;
    }
    return feed.accepted();
  }

  @Override
  public void close() {
    stopping = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    feed.close();
  }
}
