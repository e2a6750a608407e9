package io.distillstream.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.Probe;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.model.ModelMetadata;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.engine.LoadedModel;
import io.distillstream.quantization.engine.OnnxRuntimeModel;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.Settings;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.blob.BlobReader;
import io.distillstream.wire.scan.TopicScan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A pipeline of its own on a broker, with a trainer and live examples, to quantize for. */
final class QuantizerHarness implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(90);
  static final Map<String, String> LENIENT =
      Map.of(
          "quantizer.min-agreement", "0.9",
          "quantizer.max-size-ratio", "0.35",
          "quantizer.max-latency-ratio", "1000",
          "quantizer.min-evaluation-samples", "20",
          "quantizer.evaluation-samples", "100",
          "quantizer.probe-samples", "3");
  private static final AtomicInteger PIPELINES = new AtomicInteger();

  final ServiceContext context;
  final FakeTrainer trainer;
  final Path folder;

  QuantizerHarness(EmbeddedCluster cluster, Path folder) {
    this.folder = folder;
    Pipeline pipeline = new Pipeline("quantizer-it-" + PIPELINES.incrementAndGet());
    ClusterConnection connection =
        new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl());
    context = ServiceContext.connect(pipeline, connection, folder, "it");
    try (Admin admin = Admin.create(connection.adminProperties())) {
      TopicInstaller.install(admin, context.wire(), pipeline);
    }
    trainer = new FakeTrainer(context, pipeline + ".trainer");
    trainer.sendExamples(300);
  }

  static Map<String, String> with(Map<String, String> values, String... keysAndValues) {
    Map<String, String> more = new HashMap<>(values);
    for (int i = 0; i < keysAndValues.length; i += 2) {
      more.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return Map.copyOf(more);
  }

  static List<QuantizerSettings> settings(Map<String, String> values) {
    return QuantizerSettings.from(Settings.load(QuantizerSettings.all(), values));
  }

  QuantizerService started(Map<String, String> values) {
    QuantizerService service = new QuantizerService(settings(values), context);
    service.start();
    return service;
  }

  /** Every update that a reader of committed records sees, by key and in the order of each. */
  List<ModelUpdate> updates() throws UndecodableRecordException {
    Codec<ModelUpdate> codec = context.wire().codec(Topics.MODEL_UPDATES, context.pipeline());
    List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
    try (TopicScan scan = new TopicScan(context.cluster())) {
      scan.read(scan.whole(codec.topic()), records::add);
    }
    List<ModelUpdate> updates = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record : records) {
      ModelUpdate update = codec.decode(record.value());
      assertThat(record.key()).isEqualTo(update.getModel() + "/" + update.getChannel());
      updates.add(update);
    }
    return updates;
  }

  List<ModelUpdate> updates(String channel) throws UndecodableRecordException {
    return updates().stream().filter(update -> update.getChannel().equals(channel)).toList();
  }

  List<ModelUpdate> awaitUpdates(String channel, int count) {
    return await().atMost(PATIENCE).until(() -> updates(channel), found -> found.size() >= count);
  }

  /** The artifact, whose digest was checked. */
  OnnxModel fetch(ModelUpdate update) throws Exception {
    Path file = folder.resolve("fetched-" + update.getChannel() + ".onnx");
    new BlobReader(context.cluster(), context.wire().codec(Topics.MODEL_BLOBS, context.pipeline()))
        .fetch(update.getArtifact(), file);
    assertThat(Files.size(file)).isEqualTo(update.getArtifact().getSizeBytes());
    return OnnxModel.read(file);
  }

  /** Asks what a device asks before it takes an artifact over; no probe is of the traffic. */
  void assertAnswersItsProbes(OnnxModel artifact, ModelUpdate update) {
    ModelMetadata metadata = ModelMetadata.fromMap(artifact.metadata());
    assertThat(update.getProbe()).isNotEmpty();
    try (LoadedModel model = OnnxRuntimeModel.load(artifact)) {
      for (Probe probe : update.getProbe()) {
        assertThat(trainer.traffic())
            .isNotEmpty()
            .map(String::strip)
            .doesNotContain(probe.getInput().getText().strip());
        int[] tokens =
            metadata.tokenizer().encode(probe.getInput().getText(), metadata.maxTokens());
        assertThat(model.answer(Sample.ofTokens(tokens, model.inputNames())).floats())
            .containsExactly(probe.getLogits().toArray(Float[]::new));
      }
    }
  }

  /** What the event times of these checkpoints are together. */
  static List<Long> eventTimes(long... versions) {
    return LongStream.of(versions)
        .mapToObj(FakeTrainer::eventTime)
        .map(Instant::toEpochMilli)
        .toList();
  }

  @Override
  public void close() {
    trainer.close();
    context.close();
  }
}
