package io.distillstream.local.demo;

import io.distillstream.local.feed.FeedException;
import io.distillstream.local.feed.HttpFeed;
import io.distillstream.local.feed.Pace;
import io.distillstream.local.feed.TrafficItem;
import io.distillstream.local.feed.TrafficSender;
import io.distillstream.local.terminal.Shutdown;
import io.distillstream.local.wordnet.Gloss;
import io.distillstream.trainer.examples.HeldOutRule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Sends the demo's traffic to the teacher, on a thread of its own. */
final class DemoTraffic extends Thread {

  private static final int TEXTS_PER_CALL = 16;
  private static final int CALLS = 16;

  private final List<TrafficItem> items;
  private final double rate;
  private final HeldOutRule untrained;
  private final Shutdown shutdown;
  private final HttpFeed feed;
  private volatile @Nullable RuntimeException failure;

  /**
   * @param patience how long the teacher may be away
   */
  DemoTraffic(
      DemoPlan plan, String teacherUrl, Duration patience, Instant begun, Shutdown shutdown) {
    super("demo-traffic");
    this.items = items(plan.traffic(), begun);
    this.rate = plan.rate();
    this.untrained = plan.untrained();
    this.shutdown = shutdown;
    this.feed = new HttpFeed(teacherUrl, CALLS, patience);
  }

  /**
   * Ids differ from run to run: in a folder that has seen the demo the same glosses are new
   * traffic.
   */
  private static List<TrafficItem> items(List<Gloss> glosses, Instant begun) {
    String prefix = "gloss-" + begun.getEpochSecond() + "-";
    return IntStream.range(0, glosses.size())
        .mapToObj(
            i ->
                new TrafficItem(
                    prefix + i, glosses.get(i).text(), Optional.of(glosses.get(i).label())))
        .toList();
  }

  @Override
  public void run() {
    try (feed) {
      new TrafficSender(feed, new Pace(rate, System::nanoTime), TEXTS_PER_CALL)
          .send(items.iterator(), () -> !shutdown.asked());
    } catch (FeedException e) {
      failure = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the sending, also where the teacher refuses it just now, and waits for that. */
  void cancel() throws InterruptedException {
    interrupt();
    join();
  }

  /** Requests that the student learns, once all are sent. */
  long learned() {
    return items.stream().filter(item -> !untrained.holdsOut(item.requestId())).count();
  }

  /** Requests that the teacher has answered. */
  long accepted() {
    return feed.accepted();
  }

  /** Throws what ended the sending early, if something did. */
  void rethrow() {
    RuntimeException thrown = failure;
    if (thrown != null) {
      throw thrown;
    }
  }
}
