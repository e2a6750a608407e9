package io.distillstream.chaos.traffic;

import io.distillstream.local.feed.Feed;
import io.distillstream.local.feed.HttpFeed;
import io.distillstream.local.feed.LogFeed;
import io.distillstream.local.feed.Pace;
import io.distillstream.local.feed.TrafficItem;
import io.distillstream.local.wordnet.Gloss;
import io.distillstream.local.wordnet.WordNetGlosses;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * WordNet glosses with their labels at a steady rate: four in five over HTTP, the others by the
 * log. Whatever is not acknowledged is sent again with the same id, so that in the end all is. Owns
 * its feeds and a thread.
 */
public final class GlossTraffic implements AutoCloseable {
  private static final String ID = "chaos-";
  private static final int BATCH = 5;
  private static final int CALLS = 4;

  /** Longer than any fault: only who gives up loses something. */
  private static final Duration PATIENCE = Duration.ofHours(2);

  private final List<Gloss> glosses = WordNetGlosses.load().traffic();
  private final HttpFeed http;
  private final LogFeed log;
  private final Pace pace;
  private final Thread thread = new Thread(this::run, "traffic");
  private volatile boolean stopping;
  private final AtomicInteger sent = new AtomicInteger();
  private volatile @Nullable RuntimeException failure;

  /**
   * Begins to send.
   *
   * @param rate requests a second
   */
  public GlossTraffic(URI teacher, ClusterConnection cluster, Pipeline pipeline, double rate) {
    http = new HttpFeed(teacher.toString(), CALLS, PATIENCE);
    log =
        new LogFeed(
            new ClusterConnection(
                cluster.bootstrapServers(),
                cluster.registryUrl(),
                Map.of(
                    "delivery.timeout.ms", Long.toString(PATIENCE.toMillis()),
                    "max.block.ms", Long.toString(PATIENCE.toMillis())),
                cluster.registryProperties()),
            pipeline);
    pace = new Pace(rate, System::nanoTime);
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      while (!stopping) {
        pace.await(BATCH);
        List<TrafficItem> batch = new ArrayList<>();
        // Counted before: what was handed over must arrive, whatever happens on the way.
        int first = sent.getAndAdd(BATCH);
        for (int i = first; i < first + BATCH; i++) {
          Gloss gloss = glosses.get(i % glosses.size());
          batch.add(new TrafficItem(ID + i, gloss.text(), Optional.of(gloss.label())));
        }
        http.send(batch.subList(1, BATCH));
        log.send(batch.subList(0, 1));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  /** Requests that the teacher has answered. */
  public long answered() {
    return http.accepted();
  }

  /** Calls that had to be repeated. */
  public long retried() {
    return http.retried();
  }

  /** The ids of all requests sent; after {@link #finish}, each of them was acknowledged. */
  public List<String> ids() {
    List<String> ids = new ArrayList<>(sent.get());
    for (int i = 0; i < sent.get(); i++) {
      ids.add(ID + i);
    }
    return ids;
  }

  /**
   * Sends nothing new, and waits until all that was sent is acknowledged.
   *
   * @throws RuntimeException what made the traffic end early, or a request fail for good
   */
  public void finish() throws InterruptedException {
    stopping = true;
    thread.join();
    for (Feed feed : List.of(http, log)) {
      feed.close();
    }
    RuntimeException thrown = failure;
    if (thrown != null) {
      throw thrown;
    }
  }

  /** Gives up at once what is not acknowledged. */
  @Override
  public void close() {
    stopping = true;
    thread.interrupt();
  }
}
