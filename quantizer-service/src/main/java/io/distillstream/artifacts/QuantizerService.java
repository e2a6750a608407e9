package io.distillstream.artifacts;

import io.distillstream.runtime.Service;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.StageMetrics;
import io.distillstream.wire.TopicInstaller;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;

/**
 * Follows the checkpoints of one model and publishes, on each channel, the best artifact of the
 * newest one for that channel's devices, if the gate lets it pass. A channel that is behind skips
 * to the newest checkpoint; the event times of skipped and rejected ones travel with its next
 * artifact.
 *
 * <p>Artifact, manifest and offsets are committed in one transaction per channel, so a checkpoint
 * is published there at most once and never by halves. Several instances may run; of each channel
 * one works and the others stand by.
 */
public final class QuantizerService implements Service {
  private final ServiceContext context;
  private final List<ChannelWorker> workers = new ArrayList<>();

  /**
   * Borrows the context.
   *
   * @param channels at least one
   */
  public QuantizerService(List<QuantizerSettings> channels, ServiceContext context) {
    this(channels, context, Clock.systemUTC(), KafkaProducer::new);
  }

  QuantizerService(
      List<QuantizerSettings> channels,
      ServiceContext context,
      Clock clock,
      ProducerFactory producers) {
    if (channels.isEmpty()) {
      throw new IllegalArgumentException("A quantizer needs at least one channel");
    }
    this.context = context;
    StageMetrics stage = context.stage("quantizer");
    for (QuantizerSettings channel : channels) {
      QuantizerMetrics metrics =
          workers.isEmpty()
              ? QuantizerMetrics.ofFirst(stage, channel.channel())
              : QuantizerMetrics.ofOther(stage, channel.channel());
      workers.add(new ChannelWorker(channel, context, metrics, clock, producers));
    }
  }

  @Override
  public String name() {
    return "quantizer";
  }

  @Override
  public void start() {
    try (Admin admin = Admin.create(context.cluster().adminProperties())) {
      TopicInstaller.install(admin, context.wire(), context.pipeline());
    }
    workers.forEach(ChannelWorker::start);
  }

  /** Whether every channel is connected and at work. */
  @Override
  public boolean healthy() {
    return workers.stream().allMatch(ChannelWorker::healthy) && hindrance().isEmpty();
  }

  @Override
  public Optional<String> hindrance() {
    return context.hindrance();
  }

  @Override
  public boolean alive() {
    return workers.stream().allMatch(ChannelWorker::alive);
  }

  /** Waits for what is in hand; checkpoints not settled then are taken up at the next start. */
  @Override
  public void close() {
    workers.forEach(ChannelWorker::close);
  }
}
