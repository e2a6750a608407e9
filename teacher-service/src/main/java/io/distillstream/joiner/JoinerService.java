package io.distillstream.joiner;

import io.distillstream.model.LabelSpace;
import io.distillstream.runtime.Service;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.disk.DiskWatch;
import io.distillstream.runtime.tracing.Tracing;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.ClusterUnavailableException;
import io.distillstream.wire.ConsumerGroups;
import io.distillstream.wire.Outages;
import io.distillstream.wire.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the joiner's topology, exactly once. Not reusable after it was closed. */
public final class JoinerService implements Service {

  private static final Logger log = LoggerFactory.getLogger(JoinerService.class);
  private static final Duration FAREWELL = Duration.ofSeconds(20);

  /** An example is visible to the trainer after its transaction, so this bounds freshness. */
  private static final int COMMIT_INTERVAL_MS = 100;

  private final JoinerSettings settings;
  private final Supplier<LabelSpace> studentLabels;
  private final ServiceContext context;
  private final Fencings fencings = new Fencings(Clock.systemUTC());
  private final DiskWatch.Listener room = this::pauseWithout;
  private final OutagePause outage;
  private Optional<LabelSpace> labels = Optional.empty();
  private @Nullable JoinMetrics metrics;
  private volatile @Nullable KafkaStreams streams;

  /** Of threads that fail: none of them may wait for the one that closes them. */
  private final Object failing = new Object();

  private volatile boolean joiningAgain;

  /** How often it was started; what fails of an earlier life concerns nobody. */
  private final AtomicInteger lives = new AtomicInteger();

  /**
   * @param studentLabels asked at the start, where teachers are measured by labels that the
   *     settings do not name
   */
  public JoinerService(
      JoinerSettings settings, Supplier<LabelSpace> studentLabels, ServiceContext context) {
    this.settings = settings;
    this.studentLabels = studentLabels;
    this.context = context;
    this.outage = new OutagePause(context.cluster());
  }

  @Override
  public String name() {
    return "joiner";
  }

  /**
   * Starts to join.
   *
   * @throws IllegalStateException if the two topics that are joined differ in their partitions
   * @throws ClusterUnavailableException if they cannot be looked at
   */
  @Override
  public synchronized void start() {
    requireSamePartitions();
    labels = settings.weights().needLabels() ? Optional.of(labels()) : Optional.empty();
    metrics = new JoinMetrics(context.stage(name()));
    streams = started(metrics);
    context.disk().listen(room);
  }

  private LabelSpace labels() {
    List<String> names = settings.weights().labelNames();
    return names.isEmpty() ? studentLabels.get() : new LabelSpace(names);
  }

  private KafkaStreams started(JoinMetrics metrics) {
    KafkaStreams created =
        new KafkaStreams(
            JoinerTopology.build(
                settings,
                labels,
                context.pipeline(),
                context.wire(),
                metrics,
                context.spans(name(), Tracing.Roots.SAMPLED)),
            properties());
    int life = lives.incrementAndGet();
    created.setUncaughtExceptionHandler(failure -> respond(failure, life));
    created.start();
    return created;
  }

  /** On the thread that failed, which ends, and the others of its life with it. */
  private StreamThreadExceptionResponse respond(Throwable failure, int life) {
    Throwable cause = rootCause(failure);
    if (!joinsAgain(failure, cause, life)) {
      log.error("The joiner stops: {}: {}", failure.getMessage(), cause.getMessage());
    }
    log.debug("Ended by", failure);
    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
  }

  private boolean joinsAgain(Throwable failure, Throwable cause, int life) {
    if (Outages.explain(failure)) {
      String reason = "is cut off (%s)".formatted(cause.getMessage());
      boolean goesOn = joinsAgain(reason, life, () -> true);
      // Whoever closes this life waits for its threads.
      outage.pause();
      return goesOn;
    }
    if (EndedTransactions.explain(cause)) {
      return joinsAgain("came too late with a commit", life, () -> true);
    }
    return cause instanceof FencedInstanceIdException
        && joinsAgain("lost its place in its group", life, fencings::mayJoinAgain);
  }

  /** Whether it does; of several threads that fail together one sees to it. */
  private boolean joinsAgain(String reason, int life, BooleanSupplier may) {
    synchronized (failing) {
      if (joiningAgain || life != lives.get()) {
        return true;
      }
      joiningAgain = may.getAsBoolean();
      if (joiningAgain) {
        log.warn("The joiner {} and joins again", reason);
        new Thread(this::joinAgain, "joiner-joins-again").start();
      }
      return joiningAgain;
    }
  }

  /**
   * Begins another life under the same name. A thread in place of the one that failed would get
   * another name, and wait until the brokers miss the one before.
   */
  private synchronized void joinAgain() {
    try {
      KafkaStreams failed = streams;
      if (failed != null) {
        failed.close(FAREWELL);
        outage.awaitNames();
        if (!outage.isClosed()) {
          streams = started(Objects.requireNonNull(metrics));
          pauseWithout(context.disk().hasRoom());
        }
      }
    } finally {
      joiningAgain = false;
    }
  }

  @Override
  public boolean healthy() {
    return alive() && hindrance().isEmpty();
  }

  @Override
  public Optional<String> hindrance() {
    return context.hindrance();
  }

  /** Also while it rebalances, restores its stores or joins its group again. */
  @Override
  public boolean alive() {
    KafkaStreams current = streams;
    return current != null && (joiningAgain || current.state().isRunningOrRebalancing());
  }

  @Override
  public void close() {
    outage.close();
    end();
  }

  private synchronized void end() {
    KafkaStreams running = streams;
    if (running == null) {
      return;
    }
    context.disk().forget(room);
    boolean ended =
        running.close(
            CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
                .withTimeout(FAREWELL));
    if (!ended) {
      log.warn("The joiner's threads did not end within {} s", FAREWELL.toSeconds());
    }
    streams = null;
  }

  /** Waits for nobody: whoever watches the disk has others to tell, also while this is closed. */
  private void pauseWithout(boolean room) {
    KafkaStreams current = streams;
    if (current != null) {
      pauseWithout(room, current);
    }
  }

  /** Its threads stay members of their group. */
  static void pauseWithout(boolean room, KafkaStreams streams) {
    if (room) {
      streams.resume();
    } else {
      streams.pause();
    }
  }

  /** A label and its truth meet only if equal keys lie in partitions of equal number. */
  private void requireSamePartitions() {
    List<String> topics =
        List.of(
            Topics.SOFT_LABELS.in(context.pipeline()), Topics.GROUND_TRUTH.in(context.pipeline()));
    Map<String, TopicDescription> described;
    try (Admin admin = Admin.create(context.cluster().adminProperties())) {
      described = admin.describeTopics(topics).allTopicNames().get();
    } catch (ExecutionException e) {
      throw new ClusterUnavailableException("Cannot look at topics " + topics, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterUnavailableException("Interrupted while looking at topics " + topics, e);
    }
    Map<String, Integer> partitions = new TreeMap<>();
    described.forEach((topic, found) -> partitions.put(topic, found.partitions().size()));
    if (Set.copyOf(partitions.values()).size() != 1) {
      throw new IllegalStateException(
          "Topics that are joined need the same number of partitions, found " + partitions);
    }
  }

  private static Throwable rootCause(Throwable thrown) {
    Throwable root = thrown;
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      root = cause;
    }
    return root;
  }

  private Properties properties() {
    Properties properties = new Properties();
    properties.putAll(context.cluster().adminProperties());
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, ConsumerGroups.joiner(context.pipeline()));
    properties.put(StreamsConfig.STATE_DIR_CONFIG, context.folder(name()).toString());
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_INTERVAL_MS);
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
    // There is no RocksDB on the class path; every store is named and in memory.
    properties.put(StreamsConfig.DSL_STORE_SUPPLIERS_CLASS_CONFIG, InMemoryDslStoreSuppliers.class);
    properties.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
    // Beyond the store's own retention; the default is a day.
    properties.put(
        StreamsConfig.WINDOW_STORE_CHANGE_LOG_ADDITIONAL_RETENTION_MS_CONFIG,
        settings.retention().toMillis());
    // A transaction's first batch may be held back while the one before it is completed; were more
    // than one under way, those behind it would be refused as out of order and sent again.
    properties.put(
        StreamsConfig.producerPrefix(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION), 1);
    // Several opinions of one text are one record.
    properties.put(
        StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG),
        ClusterConnection.LARGEST_REQUEST_BYTES);
    // After a crash the same instance gets its partitions back without waiting for a time-out.
    properties.put(
        StreamsConfig.mainConsumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG),
        ConsumerGroups.joiner(context.pipeline()) + "." + context.instance());
    return properties;
  }
}
