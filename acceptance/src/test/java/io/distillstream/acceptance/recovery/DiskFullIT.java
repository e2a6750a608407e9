package io.distillstream.acceptance.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.acceptance.LocalProcess;
import io.distillstream.acceptance.SmallDisk;
import io.distillstream.local.feed.HttpFeed;
import io.distillstream.local.feed.LogFeed;
import io.distillstream.local.feed.TrafficItem;
import io.distillstream.trainer.examples.HeldOutRule;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole pipeline on a disk without room. */
class DiskFullIT {

  private static final long DISK = 640L << 20;
  private static final long RESERVE = DISK / 8;
  private static final int OVER_HTTP = 640;
  private static final int BY_LOG = 80;
  private static final int REFUSALS = 12;
  private static final int MOST_LINES = 20;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Pipeline PIPELINE = new Pipeline("disk-test");
  private static final HeldOutRule UNTRAINED = new HeldOutRule(20);

  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void shouldRefuseTrafficInTimeAndGoOnByItselfAndLoseNothingEvenIfFilledToTheLastByte(
      @TempDir Path folder) throws Exception {
    List<TrafficItem> items = AuditedTraffic.items(OVER_HTTP + BY_LOG);
    List<TrafficItem> first = items.subList(0, OVER_HTTP);
    List<TrafficItem> byLog = items.subList(OVER_HTTP, items.size());
    try (LocalProcess local = new LocalProcess(folder, settings(RESERVE));
        SmallDisk disk = SmallDisk.mount(local.dataFolder(), DISK)) {
      local.start();
      local.awaitReady();
      ClusterConnection cluster =
          new ClusterConnection(local.bootstrapServers(), local.registryUrl());
      LineageAudit audit = new LineageAudit(cluster, PIPELINE, "student", UNTRAINED);

      try (HttpFeed feed = new HttpFeed(local.teacherUrl(), 4, PATIENCE)) {
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(feed, first));
        await().atMost(PATIENCE).until(() -> feed.accepted() >= 16);
        disk.fill(RESERVE * 3 / 4);
        await().atMost(PATIENCE).until(() -> status(local, "/health/ready") == 503);
        requireRefused(local);
        try (LogFeed log = new LogFeed(cluster, PIPELINE)) {
          log.send(byLog);
        }
        requireQuiet(local, feed);

        disk.makeRoom();
        await().atMost(PATIENCE).until(() -> status(local, "/health/ready") == 200);
        sending.get(2, TimeUnit.MINUTES);
      }
      assertThat(local.log()).containsOnlyOnce("The disk is almost full");
      audit.requireTrainedOnce(items.stream().map(TrafficItem::requestId).toList());

      disk.fill();
      assertThat(local.awaitEnd()).as(local.log()).isEqualTo(3);
      assertThat(local.log().lines())
          .anyMatch(
              line ->
                  line.startsWith("error: ")
                      && line.contains("full disk: " + local.dataFolder() + " has ")
                      && line.contains("Make room and start again"));
      local.start();
      assertThat(local.awaitEnd()).as(local.log()).isEqualTo(3);
      assertThat(local.log()).contains("error: There is no room for the broker: ");

      disk.makeRoom();
      local.start();
      local.awaitReady();
      audit.requireTrainedOnce(items.stream().map(TrafficItem::requestId).toList());
      assertThat(local.stop()).isEqualTo(143);
    }
  }

  @Test
  void shouldStartWithoutRoomAndSayWhyItTakesNothing(@TempDir Path folder) throws Exception {
    try (LocalProcess local = new LocalProcess(folder, settings(Long.MAX_VALUE >> 14));
        SmallDisk disk = SmallDisk.mount(local.dataFolder(), DISK)) {
      disk.fill(RESERVE * 3 / 4);
      local.start();
      local.awaitReady();

      assertThat(status(local, "/health/ready")).isEqualTo(503);
      requireRefused(local);
      assertThat(local.stop()).isEqualTo(143);
      assertThat(local.log()).containsOnlyOnce("The disk is almost full").contains("stopping\n");
    }
  }

  /**
   * With a reason, a time at which to ask again, and without any sign that it ought to be ended.
   */
  private void requireRefused(LocalProcess local) throws Exception {
    String reason = "the disk is almost full";
    HttpResponse<String> refused =
        client.send(
            HttpRequest.newBuilder(URI.create(local.teacherUrl() + "/v1/predict"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"text\": \"a small dog\"}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
    assertThat(refused.headers().firstValue("Retry-After")).contains("10");
    assertThat(refused.body()).startsWith("{\"error\":").contains(reason);
    assertThat(get(local, "/health/ready").body()).contains("teacher (" + reason + ")");
    assertThat(status(local, "/health/live")).isEqualTo(200);
  }

  /** Nothing is taken, and next to nothing logged, while callers are refused again and again. */
  private void requireQuiet(LocalProcess local, HttpFeed feed) throws Exception {
    // Calls that were under way when the disk was found full have been answered by then.
    awaitRefusals(feed);
    long accepted = feed.accepted();
    long logged = logLines(local);
    awaitRefusals(feed);
    assertThat(feed.accepted()).isLessThan(OVER_HTTP).isEqualTo(accepted);
    assertThat(logLines(local) - logged).isLessThan(MOST_LINES);
    assertThat(status(local, "/health/live")).isEqualTo(200);
  }

  private static void awaitRefusals(HttpFeed feed) {
    long before = feed.retried();
    await().atMost(PATIENCE).until(() -> feed.retried() >= before + REFUSALS);
  }

  private static long logLines(LocalProcess local) throws IOException {
    return Files.readAllLines(local.dataFolder().resolve("logs").resolve("local.log")).size();
  }

  private int status(LocalProcess local, String path) throws Exception {
    return get(local, path).statusCode();
  }

  private HttpResponse<String> get(LocalProcess local, String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(local.teacherUrl() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static void send(HttpFeed feed, List<TrafficItem> items) {
    for (int i = 0; i < items.size(); i += 8) {
      feed.send(items.subList(i, i + 8));
    }
  }

  private static Map<String, String> settings(long reserve) {
    Map<String, String> settings = new HashMap<>();
    settings.put("pipeline.name", PIPELINE.name());
    settings.put("data.min-free-bytes", Long.toString(reserve));
    settings.put("trainer.held-out.one-in", Long.toString(UNTRAINED.oneIn()));
    settings.put("trainer.width", "32");
    settings.put("trainer.blocks", "1");
    settings.put("trainer.embedding-start", "random");
    settings.put("trainer.checkpoint-records", "100");
    settings.put("trainer.checkpoint-interval", "5s");
    return settings;
  }
}
