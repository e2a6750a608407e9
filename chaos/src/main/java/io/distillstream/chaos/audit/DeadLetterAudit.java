package io.distillstream.chaos.audit;

import io.distillstream.chaos.audit.PlantedRecords.Origin;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.DeadLetters;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.scan.TopicScan;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** Looks for each undecodable record among the dead letters, by where it came from. */
public final class DeadLetterAudit {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final ClusterConnection cluster;
  private final Pipeline pipeline;

  public DeadLetterAudit(ClusterConnection cluster, Pipeline pipeline) {
    this.cluster = cluster;
    this.pipeline = pipeline;
  }

  /** Waits until all are there, and tells of those that are not. */
  public void run(List<Origin> undecodable, Duration patience, Evidence evidence)
      throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    Set<Origin> letters = origins();
    while (!letters.containsAll(undecodable) && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
      letters = origins();
    }
    for (Origin origin : undecodable) {
      if (!letters.contains(origin)) {
        evidence.against(Promise.DEAD_LETTERS, origin.toString());
      }
    }
  }

  /** The origins of all dead letters there are now. */
  public Set<Origin> origins() {
    Set<Origin> origins = new HashSet<>();
    try (TopicScan scan = new TopicScan(cluster)) {
      scan.read(
          scan.whole(pipeline.deadLetters()),
          letter ->
              origins.add(
                  new Origin(
                      text(letter.headers(), DeadLetters.TOPIC),
                      Integer.parseInt(text(letter.headers(), DeadLetters.PARTITION)),
                      Long.parseLong(text(letter.headers(), DeadLetters.OFFSET)))));
    }
    return origins;
  }

  private static String text(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    if (header == null) {
      throw new IllegalStateException("A dead letter without the header " + name);
    }
    return new String(header.value(), StandardCharsets.UTF_8);
  }
}
