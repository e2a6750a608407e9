package io.distillstream.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.ModelUpdate;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.foundation.Sha256;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.tuf.ChannelTargets;
import io.distillstream.tuf.TrustedMetadata;
import io.distillstream.tuf.TrustedStore;
import io.distillstream.tuf.TrustedTarget;
import io.distillstream.tuf.metadata.TargetFile;
import io.distillstream.tuf.repository.Authority;
import io.distillstream.tuf.repository.ChannelSigner;
import io.distillstream.tuf.repository.Expiries;
import io.distillstream.tuf.repository.KeyFile;
import io.distillstream.tuf.repository.NewRepository;
import io.distillstream.tuf.repository.TrustFolder;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.scan.TopicScan;
import io.distillstream.wire.transaction.LossyCluster;
import io.distillstream.wire.transaction.SwallowingProxy;
import io.distillstream.wire.trust.TrustTopic;
import io.distillstream.wire.update.TestUpdates;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From updates on their topic to a repository that a client trusts, on a real broker. */
@ExtendWith(SharedCluster.class)
class SignerServiceIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final AtomicInteger PIPELINES = new AtomicInteger();
  private static final ChannelTargets STABLE = new ChannelTargets("student", "stable");

  private final EmbeddedCluster cluster;

  @TempDir private Path folder;

  @SuppressWarnings("NullAway.Init") // Before each test.
  private Pipeline pipeline;

  private ServiceContext context;

  private TrustFolder trust = new TrustFolder(Path.of(""));
  private byte @Nullable [] previous;

  SignerServiceIT(EmbeddedCluster cluster) {
    this.cluster = cluster;
  }

  @BeforeEach
  void connect() {
    pipeline = new Pipeline("signer-it-" + PIPELINES.incrementAndGet());
    context = connect(folder);
    trust = new TrustFolder(folder.resolve("trust"));
  }

  /** As a process has it that keeps its files there; the caller closes it. */
  private ServiceContext connect(Path data) {
    return ServiceContext.connect(
        pipeline,
        new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl()),
        data,
        "it");
  }

  @AfterEach
  void disconnect() {
    context.close();
  }

  @Test
  void shouldPublishARepositoryThatAClientTrusts() throws Exception {
    try (SignerService signer = started()) {
      // It waits for the repository, which may be made while it runs.
      createRepository();
      publish(1, "one");
      awaitTrusted("one");
      publish(2, "two");
      awaitTrusted("two");
      assertThat(signer.healthy()).isTrue();
    }
  }

  @Test
  void shouldTakeNewKeysOverWhileItRuns() throws Exception {
    createRepository();
    byte[] firstRoot = Files.readAllBytes(trust.trustedRoot());
    try (SignerService signer = started()) {
      publish(1, "one");
      awaitTrusted("one");
      authority().rotate("timestamp");
      authority().revoke(STABLE.role());
      publish(2, "two");
      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(() -> look(firstRoot), digest("two")::equals);
      assertThat(signer.healthy()).isTrue();
    }
  }

  @Test
  void shouldRefuseWhatTheChannelDidNotSignAndWithstandAForgedTopic() throws Exception {
    createRepository();
    try (SignerService signer = started()) {
      publish(1, "one");
      awaitTrusted("one");
      TrustFolder other = new TrustFolder(folder.resolve("other"));
      NewRepository.create(other, List.of(STABLE), 1, 1, Expiries.DEFAULTS, Clock.systemUTC());
      send(update(2, signed(other, null, 2, "bad")));
      await().atMost(PATIENCE).until(() -> context.stage("signer").count("metadata_refused") == 1);
      assertThat(signer.healthy()).isTrue();
    }
    TrustTopic topic = new TrustTopic(context.wire().codec(Topics.TRUST, context.pipeline()));
    send(topic.record("timestamp.json", "forged".getBytes(StandardCharsets.UTF_8)));
    try (SignerService signer = started()) {
      // The same device: a version given away twice, or begun anew, would be a roll-back to it.
      awaitTrusted("one");
      publish(3, "three");
      awaitTrusted("three");
      assertThat(signer.healthy()).isTrue();
    }
  }

  @Test
  void shouldEndWhenAnotherSignerTakesOver() throws Exception {
    createRepository();
    try (SignerService first = started()) {
      publish(1, "one");
      awaitTrusted("one");
      try (ServiceContext elsewhere = connect(folder.resolve("elsewhere"));
          SignerService second = started(elsewhere)) {
        // It notices with the next thing that it signs.
        AtomicInteger versions = new AtomicInteger(1);
        await()
            .atMost(PATIENCE)
            .until(
                () -> {
                  publish(versions.incrementAndGet(), "version " + versions.get());
                  return !first.alive();
                });
        awaitTrusted("version " + versions.get());
        assertThat(second.alive()).isTrue();
      }
    }
    assertThat(context.stage("signer").report(Instant.now()).getNotes())
        .containsEntry("failure", "another signer took over");
  }

  /**
   * As after an outage in the middle of one; brokers say another thing of records than of a commit.
   */
  @ParameterizedTest
  @EnumSource(names = {"REQUEST", "WRITE_RESPONSE"})
  void shouldGoOnWhereTheBrokersEndedATransactionThatTookTooLong(SwallowingProxy.Loss loss)
      throws Exception {
    createRepository();
    try (LossyCluster lossy = new LossyCluster(folder.resolve("kafka"))) {
      ClusterConnection impatient = lossy.connection(Map.of("transaction.timeout.ms", "1000"));
      context.close();
      context = ServiceContext.connect(pipeline, impatient, folder, "it");
      try (SignerService signer = started();
          Admin admin = Admin.create(impatient.adminProperties())) {
        publish(1, "one");
        awaitTrusted("one");

        lossy.lose(loss);
        publish(2, "two");
        await().atMost(PATIENCE).until(() -> LossyCluster.hasAborted(admin));
        lossy.lose(SwallowingProxy.Loss.NOTHING);

        awaitTrusted("two");
        await().atMost(PATIENCE).until(signer::healthy);
      }
    }
  }

  private void createRepository() throws Exception {
    NewRepository.create(trust, List.of(STABLE), 1, 1, Expiries.DEFAULTS, Clock.systemUTC());
  }

  private Authority authority() throws Exception {
    return Authority.open(trust, Expiries.DEFAULTS, Clock.systemUTC());
  }

  private SignerService started() {
    return started(context);
  }

  private SignerService started(ServiceContext own) {
    SignerService service =
        new SignerService(new SignerSettings(folder.resolve("trust").toString()), own);
    service.start();
    return service;
  }

  private void awaitTrusted(String manifest) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> look(Files.readAllBytes(trust.trustedRoot())), digest(manifest)::equals);
  }

  /** What a device finds that remembers what it found before. */
  private Optional<String> look(byte[] root) throws Exception {
    TrustTopic topic = new TrustTopic(context.wire().codec(Topics.TRUST, context.pipeline()));
    try (TopicScan scan = new TopicScan(context.cluster())) {
      scan.read(
          scan.whole(topic.name()),
          record -> {
            try {
              topic.read(record.key(), record.value());
            } catch (UndecodableRecordException e) {
              throw new IllegalStateException(e);
            }
          });
    }
    TrustedMetadata metadata =
        TrustedMetadata.open(
            root,
            new TrustedStore(folder.resolve("device")),
            (name, maxBytes) -> Optional.ofNullable(topic.file(name)),
            Clock.systemUTC());
    metadata.refresh();
    return find(metadata);
  }

  private static Optional<String> find(TrustedMetadata metadata) throws Exception {
    return metadata.find(STABLE.manifest()).map(TrustedTarget::sha256);
  }

  private static Optional<String> digest(String manifest) {
    return Optional.of(Sha256.hex(manifest.getBytes(StandardCharsets.UTF_8)));
  }

  private void publish(long version, String manifest) throws Exception {
    previous = signed(trust, previous, version, manifest);
    send(update(version, previous));
  }

  private static byte[] signed(
      TrustFolder folder, byte @Nullable [] previous, long version, String manifest)
      throws Exception {
    return new ChannelSigner(
            STABLE,
            KeyFile.read(folder.key(STABLE.role())),
            Expiries.DEFAULTS,
            3,
            Clock.systemUTC())
        .publish(
            previous,
            version,
            manifest.getBytes(StandardCharsets.UTF_8),
            new TargetFile(1, "0".repeat(64)));
  }

  private void send(ModelUpdate update) throws Exception {
    Codec<ModelUpdate> codec = context.wire().codec(Topics.MODEL_UPDATES, context.pipeline());
    send(new ProducerRecord<>(codec.topic(), "student/stable", codec.encode(update)));
  }

  private void send(ProducerRecord<String, byte[]> record) throws Exception {
    try (Producer<String, byte[]> producer =
        new KafkaProducer<>(context.cluster().producerProperties())) {
      producer.send(record).get();
    }
  }

  private static ModelUpdate update(long version, byte[] metadata) {
    return TestUpdates.update("student", "stable", version)
        .setTargetsMetadata(ByteBuffer.wrap(metadata))
        .build();
  }
}
