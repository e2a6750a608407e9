package io.distillstream.lag;

import static java.util.Objects.requireNonNull;

import io.distillstream.lag.Survey.Reading;
import io.distillstream.lag.Survey.Span;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Measures the lag of consumer groups.
 *
 * <p>Committed offsets are asked for first and ends afterwards, so that a group which goes on
 * meanwhile never seems to be ahead of its partition. Ends are those of a {@code read_committed}
 * reader: what an open transaction has written is nobody's work yet. Where a group is at most
 * {@link LagBounds#exactUpTo} offsets behind, that stretch is read and its data records are
 * counted, each once and not again at the next measurement. A group at rest costs nothing.
 *
 * <p>Owns its clients; used by one thread.
 */
public final class LagMeter implements AutoCloseable {

  static final String CLIENT_ID = "consumer-lag";
  private static final int ANSWER_WITHIN_MILLIS = 5_000;

  private final GroupSelection selection;
  private final Clock clock;
  private final Admin admin;
  private final GroupReader groupReader;
  private final OffsetReader offsetReader;
  private final GapReader gapReader;
  private final Standstills standstills = new Standstills();
  private Map<Reading, Window> windows = Map.of();
  private @Nullable String clusterId;

  private LagMeter(GroupSelection selection, Clock clock, Admin admin, GapReader gapReader) {
    this.selection = selection;
    this.clock = clock;
    this.admin = admin;
    this.gapReader = gapReader;
    groupReader = new GroupReader(admin);
    offsetReader = new OffsetReader(admin);
  }

  /**
   * Connects to a cluster.
   *
   * @param client what every client of the cluster gets: bootstrap servers, security
   * @param clock what the age of records is told by
   */
  public static LagMeter connect(
      Map<String, Object> client, GroupSelection selection, LagBounds bounds, Clock clock) {
    Map<String, Object> properties = new HashMap<>(client);
    properties.put(AdminClientConfig.CLIENT_ID_CONFIG, CLIENT_ID);
    properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_WITHIN_MILLIS);
    properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_WITHIN_MILLIS);
    GapReader gapReader = GapReader.connect(client, bounds);
    try {
      return new LagMeter(selection, clock, Admin.create(properties), gapReader);
    } catch (KafkaException e) {
      gapReader.close();
      throw e;
    }
  }

  /**
   * Takes one measurement.
   *
   * @throws KafkaException if the brokers do not answer
   */
  public LagSample measure() {
    long start = System.nanoTime();
    if (clusterId == null) {
      clusterId = Answers.await(admin.describeCluster().clusterId());
    }
    Survey survey = Survey.take(selection, groupReader, offsetReader);
    windows = follow(survey, clock.instant());
    gapReader.read(
        windows.entrySet().stream()
            .map(known -> new GapReader.Gap(known.getKey().partition(), known.getValue()))
            .toList());
    Instant now = clock.instant();
    Map<TopicPartition, Duration> heldBack = standstills.follow(survey.spans(), now);
    Map<Reading, Lag> lags = new HashMap<>();
    windows.forEach((reading, window) -> lags.put(reading, window.lag(now)));
    Figures figures = new Figures(survey, lags, heldBack);
    return new LagSample(
        now,
        Duration.ofNanos(System.nanoTime() - start),
        requireNonNull(clusterId),
        figures.offsets(),
        figures.groups(),
        figures.expected());
  }

  /** What is known of each group's stretch, moved to where the group is. */
  private Map<Reading, Window> follow(Survey survey, Instant now) {
    Map<Reading, Window> followed = new HashMap<>();
    for (GroupSnapshot group : survey.groups().values()) {
      for (Reading reading : survey.readings(group)) {
        Span span = survey.span(reading.partition());
        // A group that has committed nothing begins where the partition does.
        long position = group.committed().getOrDefault(reading.partition(), span.earliest());
        Window window = windows.get(reading);
        if (window == null) {
          window = new Window(position, now);
        }
        window.follow(position, span.earliest(), span.latest(), now);
        followed.put(reading, window);
      }
    }
    return followed;
  }

  @Override
  public void close() {
    gapReader.close();
    admin.close(Duration.ofSeconds(1));
  }
}
