package io.distillstream.lag;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.distillstream.lag.GroupLag.Partition;
import io.distillstream.lag.GroupLag.Topic;
import io.distillstream.lag.Survey.Reading;
import io.distillstream.lag.Survey.Span;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
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
    Map<Reading, Lag> lags = new HashMap<>();
    windows.forEach((reading, window) -> lags.put(reading, window.lag(now)));
    return new LagSample(
        now,
        Duration.ofNanos(System.nanoTime() - start),
        requireNonNull(clusterId),
        offsets(survey),
        groups(survey, lags),
        expected(survey, lags));
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

  private static List<PartitionOffsets> offsets(Survey survey) {
    return survey.spans().entrySet().stream()
        .map(
            span ->
                new PartitionOffsets(
                    span.getKey().topic(),
                    span.getKey().partition(),
                    span.getValue().earliest(),
                    span.getValue().latest()))
        .sorted(
            Comparator.comparing(PartitionOffsets::topic)
                .thenComparingInt(PartitionOffsets::partition))
        .toList();
  }

  private static List<GroupLag> groups(Survey survey, Map<Reading, Lag> lags) {
    return survey.groups().values().stream()
        .filter(GroupSnapshot::exists)
        .sorted(Comparator.comparing(GroupSnapshot::group))
        .map(group -> group(group, survey, lags))
        .toList();
  }

  private static GroupLag group(GroupSnapshot group, Survey survey, Map<Reading, Lag> lags) {
    List<Topic> topics =
        survey.readings(group).stream()
            .collect(groupingBy(reading -> reading.partition().topic(), TreeMap::new, toList()))
            .entrySet()
            .stream()
            .map(
                topic ->
                    new Topic(
                        topic.getKey(),
                        topic.getValue().stream()
                            .map(reading -> partition(reading, group, survey, lags))
                            .sorted(Comparator.comparingInt(Partition::partition))
                            .toList()))
            .toList();
    return new GroupLag(
        group.group(),
        group.protocol(),
        group.state(),
        group.members(),
        Lag.sum(topics.stream().map(Topic::lag).toList()),
        topics);
  }

  private static Partition partition(
      Reading reading, GroupSnapshot group, Survey survey, Map<Reading, Lag> lags) {
    Span span = survey.span(reading.partition());
    return new Partition(
        reading.partition().partition(),
        span.earliest(),
        span.latest(),
        group.committed().get(reading.partition()),
        requireNonNull(lags.get(reading)),
        group.readers().get(reading.partition()));
  }

  private static Map<String, Lag> expected(Survey survey, Map<Reading, Lag> lags) {
    Map<String, Lag> expected = new HashMap<>();
    survey
        .inputs()
        .forEach(
            (group, topics) ->
                expected.put(
                    group,
                    Lag.sum(
                        lags.entrySet().stream()
                            .filter(lag -> lag.getKey().group().equals(group))
                            .filter(lag -> topics.contains(lag.getKey().partition().topic()))
                            .map(Map.Entry::getValue)
                            .toList())));
    return expected;
  }

  @Override
  public void close() {
    gapReader.close();
    admin.close(Duration.ofSeconds(1));
  }
}
