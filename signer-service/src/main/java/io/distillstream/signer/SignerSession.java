package io.distillstream.signer;

import io.distillstream.avro.ModelUpdate;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.StageMetrics;
import io.distillstream.runtime.tracing.Tracing;
import io.distillstream.tuf.refusal.RollbackException;
import io.distillstream.tuf.refusal.TufException;
import io.distillstream.tuf.repository.Expiries;
import io.distillstream.tuf.repository.KeyException;
import io.distillstream.tuf.repository.RepositoryFiles;
import io.distillstream.tuf.repository.RepositorySigner;
import io.distillstream.tuf.repository.TrustFolder;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.TransactionalIds;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.scan.TopicScan;
import io.distillstream.wire.trace.Spans;
import io.distillstream.wire.trace.TraceHeaders;
import io.distillstream.wire.transaction.TransactionException;
import io.distillstream.wire.transaction.Transactions;
import io.distillstream.wire.trust.TrustTopic;
import io.micrometer.core.instrument.Counter;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connected life of the signer. Owns its clients. */
final class SignerSession implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SignerSession.class);
  private static final Duration PATIENCE = Duration.ofMillis(500);
  private static final int COMMIT_ATTEMPTS = 5;
  private static final int MOST_COMPLAINTS = 100;

  private final Codec<ModelUpdate> updates;
  private final TrustTopic trust;
  private final SignerState state;
  private final Counter signed;
  private final Counter refused;
  private final Transactions transactions;
  private final Consumer<String, byte[]> consumer;
  private final RepositorySigner signer;
  private final Map<String, byte[]> offered = new HashMap<>();
  private final Set<String> complaints = new HashSet<>();
  private final Spans spans;

  /** Of the newest update since the last signing; invalid where it had no trace. */
  private SpanContext cause = SpanContext.getInvalid();

  /**
   * @param folder of the signer's state
   * @throws KeyException if the trust folder cannot be used
   */
  SignerSession(ServiceContext context, TrustFolder trustFolder, Path folder, Clock clock)
      throws IOException, KeyException {
    this.updates = context.wire().codec(Topics.MODEL_UPDATES, context.pipeline());
    this.trust = new TrustTopic(context.wire().codec(Topics.TRUST, context.pipeline()));
    this.state = new SignerState(folder);
    this.spans = context.spans("signer", Tracing.Roots.ALL);
    StageMetrics metrics = context.stage("signer");
    this.signed =
        metrics.counter("repositories_signed", "Times that snapshot and timestamp were signed.");
    this.refused =
        metrics.counter(
            "metadata_refused", "Updates whose metadata their delegation does not cover.");
    // First, so that a transaction left open by a crash hides nothing from what is read next.
    this.transactions =
        Transactions.open(
            new KafkaProducer<>(
                context
                    .cluster()
                    .transactionalProducerProperties(TransactionalIds.signer(context.pipeline()))),
            COMMIT_ATTEMPTS);
    this.consumer = new KafkaConsumer<>(context.cluster().readerProperties());
    boolean opened = false;
    try {
      RepositoryFiles published = state.read();
      if (published.byName().isEmpty()) {
        published = onTopic(context);
      }
      this.signer = new RepositorySigner(trustFolder, Expiries.DEFAULTS, clock, published);
      List<TopicPartition> partitions =
          consumer.partitionsFor(updates.topic()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      opened = true;
    } finally {
      if (!opened) {
        close();
      }
    }
  }

  /** Takes what channels published, and signs where anything changed or would expire. */
  void step() throws IOException, KeyException, TransactionException {
    reload();
    for (ConsumerRecord<String, byte[]> record : consumer.poll(PATIENCE)) {
      take(record);
    }
    signer.warning().ifPresent(this::complain);
    Optional<RepositoryFiles> signed = signer.sign();
    if (signed.isPresent()) {
      publish(signed.get());
    }
  }

  @Override
  public void close() {
    try {
      consumer.close();
    } finally {
      transactions.close();
    }
  }

  private void reload() throws IOException {
    try {
      if (signer.reload()) {
        // A channel may have signed with its new key before this delegation to it was known here.
        Map.copyOf(offered).forEach(this::offer);
      }
    } catch (KeyException e) {
      // As in the middle of a change: what was taken over before is signed further on.
      complain(String.valueOf(e.getMessage()));
    }
  }

  private void publish(RepositoryFiles files) throws IOException, TransactionException {
    Span span = spans.send("sign", trust.name(), cause).startSpan();
    try {
      state.write(files);
      transactions.commit(
          producer -> {
            for (Map.Entry<String, byte[]> file : files.byName().entrySet()) {
              send(
                  producer,
                  TraceHeaders.with(
                      span.getSpanContext(), trust.record(file.getKey(), file.getValue())));
            }
          });
    } catch (IOException | TransactionException | RuntimeException e) {
      Spans.notPublished(span, e, "the repository was not committed");
      throw e;
    } finally {
      span.end();
    }
    cause = SpanContext.getInvalid();
    signed.increment();
  }

  /** The commit fails if one of its sends did, so none of them needs an eye of its own. */
  @SuppressWarnings("FutureReturnValueIgnored")
  private static void send(
      Producer<String, byte[]> producer, ProducerRecord<String, byte[]> record) {
    producer.send(record);
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    try {
      ModelUpdate update = updates.decode(record.value());
      if (update.getTargetsMetadata() != null) {
        String role = update.getModel() + "-" + update.getChannel();
        byte[] metadata = TrustTopic.bytes(update.getTargetsMetadata());
        offered.put(role, metadata);
        cause = TraceHeaders.read(record.headers());
        offer(role, metadata);
      }
    } catch (UndecodableRecordException e) {
      complain(String.valueOf(e.getMessage()));
    }
  }

  private void offer(String role, byte[] metadata) {
    try {
      signer.offer(role, metadata);
    } catch (RollbackException e) {
      if (signer.isTrusted(role)) {
        // All updates are read again at each start, older ones among them.
        log.debug("An update's metadata is left out", e);
      } else {
        complain(
            "Metadata of role %s is left out, since a newer version was published with a key that"
                    .formatted(role)
                + " is trusted no longer: devices take it up after another keys revoke "
                + role);
      }
    } catch (TufException e) {
      refused.increment();
      complain("An update's metadata is left out: " + e.getMessage());
    }
  }

  private RepositoryFiles onTopic(ServiceContext context) {
    try (TopicScan scan = new TopicScan(context.cluster())) {
      scan.read(
          scan.whole(trust.name()),
          record -> {
            try {
              trust.read(record.key(), record.value());
            } catch (UndecodableRecordException e) {
              complain(String.valueOf(e.getMessage()));
            }
          });
    }
    return RepositoryFiles.of(trust.files());
  }

  /** The same complaint over and over is one line. */
  private void complain(String complaint) {
    if (complaints.size() >= MOST_COMPLAINTS) {
      complaints.clear();
    }
    if (complaints.add(complaint)) {
      log.warn("{}", complaint);
    }
  }
}
