package io.distillstream.acceptance.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.acceptance.LocalProcess;
import io.distillstream.local.feed.Feed;
import io.distillstream.local.feed.HttpFeed;
import io.distillstream.local.feed.LogFeed;
import io.distillstream.local.feed.TrafficItem;
import io.distillstream.local.wordnet.Gloss;
import io.distillstream.local.wordnet.WordNetGlosses;
import io.distillstream.trainer.examples.HeldOutRule;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Traffic over HTTP and by the log to a process that something happens to meanwhile, and an audit
 * of the published lineage: every request sent is trained in it exactly once, but for those held
 * out, which are published as such once.
 */
final class AuditedTraffic {

  private static final int OVER_HTTP = 600;
  private static final int BY_LOG = 200;
  private static final String MODEL = "student";
  private static final Pipeline PIPELINE = new Pipeline("recovery-test");
  private static final HeldOutRule UNTRAINED = new HeldOutRule(20);

  /** A line of the quantizer's. */
  private static final String REFUSAL =
      "[0-9:]{8} WARN  (Not published: |Candidate \\d+ is not published on )[^\n]*\n";

  private AuditedTraffic() {}

  /** What happens to the process. */
  @FunctionalInterface
  interface Misfortune {
    void befall(LocalProcess local) throws Exception;
  }

  /**
   * Requires that each request is trained once, whatever happens.
   *
   * @param folder of the process
   */
  static void requireTrainedOnce(Path folder, Misfortune misfortune) throws Exception {
    List<TrafficItem> items = items(OVER_HTTP + BY_LOG);
    Map<String, String> settings =
        Map.of(
            "pipeline.name", PIPELINE.name(),
            "trainer.held-out.one-in", Long.toString(UNTRAINED.oneIn()),
            "trainer.width", "32",
            "trainer.blocks", "1",
            "trainer.checkpoint-records", "100",
            "trainer.checkpoint-interval", "2s");
    try (LocalProcess local = new LocalProcess(folder, settings)) {
      local.start();
      local.awaitReady();
      ClusterConnection cluster =
          new ClusterConnection(local.bootstrapServers(), local.registryUrl());
      sendByLog(cluster, items.subList(OVER_HTTP, items.size()));
      ExecutorService sender = Executors.newSingleThreadExecutor();
      try {
        Future<?> sending =
            sender.submit(() -> sendOverHttp(local.teacherUrl(), items.subList(0, OVER_HTTP)));
        misfortune.befall(local);
        sending.get(4, TimeUnit.MINUTES);
      } finally {
        sender.shutdownNow();
      }
      new LineageAudit(cluster, PIPELINE, MODEL, UNTRAINED)
          .requireTrainedOnce(items.stream().map(TrafficItem::requestId).toList());
      // 128 + SIGTERM: the process ended by the signal, after it had closed what it owned.
      assertThat(local.stop()).isEqualTo(143);
      // What the quantizer was judging when it was stopped may still be refused.
      assertThat(local.log()).matches("(?s).*\nstopping\n(" + REFUSAL + ")*");
    }
  }

  private static void sendByLog(ClusterConnection cluster, List<TrafficItem> items) {
    try (Feed feed = new LogFeed(cluster, PIPELINE)) {
      feed.send(items);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void sendOverHttp(String url, List<TrafficItem> items) {
    try (HttpFeed feed = new HttpFeed(url, 4, Duration.ofMinutes(3))) {
      for (int i = 0; i < items.size(); i += 8) {
        feed.send(items.subList(i, Math.min(items.size(), i + 8)));
      }
    }
  }

  /** WordNet glosses with their labels. */
  static List<TrafficItem> items(int count) {
    List<Gloss> texts = WordNetGlosses.load().traffic().subList(0, count);
    List<TrafficItem> items = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      items.add(new TrafficItem("id-" + i, texts.get(i).text(), Optional.of(texts.get(i).label())));
    }
    return items;
  }
}
