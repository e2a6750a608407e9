package io.distillstream.runtime;

import io.distillstream.avro.StageReport;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.RegistryUnavailableException;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what the stages of this process say of themselves, once a second, on a topic, so that a
 * monitor needs to call nobody. Reports are not part of any transaction: a lost one is followed by
 * the next.
 */
public final class StageReporter implements AutoCloseable {

  /** Note of a stage that was closed. */
  public static final String STOPPED = "stopped";

  /** Note of a stage that gave up, with the reason. */
  public static final String FAILURE = "failure";

  private static final Logger log = LoggerFactory.getLogger(StageReporter.class);
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private final Map<String, StageMetrics> stages = new ConcurrentHashMap<>();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final ProcessMetrics process;
  private final String instance;
  private final Codec<StageReport> codec;
  private final Producer<String, byte[]> producer;
  private final ScheduledExecutorService scheduler =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "stage-reporter");
            thread.setDaemon(true);
            return thread;
          });
  private final ScheduledFuture<?> publishing;

  StageReporter(Pipeline pipeline, ClusterConnection cluster, WireFormat wire, String instance) {
    this.instance = instance;
    registry.config().onMeterAdded(StageReporter::requireHelp);
    process = new ProcessMetrics(registry);
    this.codec = wire.codec(Topics.STAGE_REPORTS, pipeline);
    Map<String, Object> properties = cluster.producerProperties();
    // A report that cannot be sent at once is worth nothing a minute later.
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 1_000);
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);
    properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
    properties.put(ProducerConfig.BATCH_SIZE_CONFIG, 16 * 1024);
    properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 1L << 20);
    this.producer = new KafkaProducer<>(properties);
    this.publishing =
        scheduler.scheduleAtFixedRate(
            this::publish, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  StageMetrics stage(String name) {
    return stages.computeIfAbsent(name, n -> new StageMetrics(n, instance, registry));
  }

  /** Where this process's metrics are registered, each with a description. */
  public PrometheusMeterRegistry registry() {
    return registry;
  }

  /** Whoever reads a metric has no other text to go by. */
  private static void requireHelp(Meter meter) {
    String help = meter.getId().getDescription();
    if (help == null || help.isBlank()) {
      throw new IllegalArgumentException("Metric " + meter.getId().getName() + " has no help");
    }
  }

  private synchronized void publish() {
    Instant now = Instant.now();
    for (StageMetrics stage : stages.values()) {
      StageReport report = stage.report(now);
      String key = report.getStage() + "/" + report.getInstance();
      try {
        producer.send(
            new ProducerRecord<>(codec.topic(), key, codec.encode(report)),
            (metadata, failure) -> {
              if (failure != null) {
                log.debug("Stage report of {} was not sent", key, failure);
              }
            });
      } catch (KafkaException | RegistryUnavailableException e) {
        log.debug("Stage report of {} was not sent", key, e);
      }
    }
  }

  /**
   * The last report says that it is the last, which tells a stage that was closed from one that
   * died.
   */
  @Override
  public void close() {
    publishing.cancel(true);
    scheduler.shutdownNow();
    stages.values().forEach(stage -> stage.note(STOPPED, "closed"));
    publish();
    process.close();
    producer.close(FAREWELL);
  }
}
