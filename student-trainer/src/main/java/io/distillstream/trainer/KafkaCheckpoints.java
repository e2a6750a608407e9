package io.distillstream.trainer;

import io.distillstream.avro.BlobChunk;
import io.distillstream.avro.BlobRef;
import io.distillstream.avro.Checkpoint;
import io.distillstream.model.LabelSpace;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.BlobReader;
import io.distillstream.wire.BlobWriter;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checkpoints on Kafka: state, model, manifest, dead letters and offsets in one transaction,
 * written by a thread of its own while training goes on. Owns that thread and the producer.
 */
final class KafkaCheckpoints implements Checkpoints {
  private static final Logger log = LoggerFactory.getLogger(KafkaCheckpoints.class);

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final KafkaClients clients;
  private final ServiceContext context;
  private final LabelSpace labels;
  private final ModelExporter exporter;
  private final String model;
  private final String examplesTopic;
  private final Codec<Checkpoint> manifests;
  private final Codec<BlobChunk> chunks;
  private final Codec<io.distillstream.avro.TrainingEvent> events;
  private final Path folder;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "trainer-checkpoints"));

  private @Nullable Transactions transactions;

  KafkaCheckpoints(
      ServiceContext context,
      KafkaClients clients,
      String model,
      LabelSpace labels,
      ModelExporter exporter) {
    Pipeline pipeline = context.pipeline();
    this.context = context;
    this.clients = clients;
    this.labels = labels;
    this.exporter = exporter;
    this.model = model;
    this.examplesTopic = Topics.TRAINING_EXAMPLES.in(pipeline);
    this.manifests = context.wire().codec(Topics.CHECKPOINTS, pipeline);
    this.chunks = context.wire().codec(Topics.CHECKPOINT_BLOBS, pipeline);
    this.events = context.wire().codec(Topics.TRAINING_EVENTS, pipeline);
    this.folder = context.folder("trainer-" + model);
  }

  @Override
  public Resume resume() {
    // Fences first: what is read afterwards is final.
    transactions = new Transactions(clients);
    clear(folder);
    try (Admin admin = clients.admin()) {
      return new CheckpointLog(
              clients,
              new ManifestReader(admin, clients::reader, manifests),
              new BlobReader(context.cluster(), chunks),
              examplesTopic,
              folder)
          .read(model, labels);
    }
  }

  /**
   * Files of a trainer that was killed; one that is merely fenced cannot commit its own any more.
   */
  private static void clear(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new TrainingStoppedException("cannot clear " + folder, e);
    }
  }

  @Override
  public CompletableFuture<Void> write(PendingCheckpoint checkpoint) {
    return onThread(
        () -> {
          // Names of their own: a fenced trainer in the same folder may still be writing.
          Path state = Files.createTempFile(folder, "state-", ".safetensors");
          Path onnx = Files.createTempFile(folder, "model-", ".onnx");
          try {
            StateFile.write(checkpoint.good(), state);
            double difference = exporter.export(checkpoint, onnx);
            commit(checkpoint, state, onnx, difference);
          } finally {
            Files.deleteIfExists(state);
            Files.deleteIfExists(onnx);
          }
        });
  }

  private void commit(PendingCheckpoint checkpoint, Path state, Path onnx, double difference)
      throws IOException {
    requireResumed()
        .commit(
            offsets(
                checkpoint.good().lineage().offsets(), CheckpointLog.note(checkpoint.version())),
            producer -> {
              BlobWriter blobs = new BlobWriter(producer, chunks);
              String id = model + "/" + checkpoint.version();
              BlobRef stateRef = blobs.write(id + "/state", state);
              BlobRef onnxRef = blobs.write(id + "/onnx", onnx);
              Checkpoint manifest =
                  CheckpointMapper.manifest(
                      model, labels, checkpoint, stateRef, onnxRef, difference);
              producer.send(
                  new ProducerRecord<>(manifests.topic(), model, manifests.encode(manifest)));
              checkpoint.letters().forEach(producer::send);
              records(checkpoint.events()).forEach(producer::send);
            });
    log.info(
        "Checkpoint {} of {}: {} records, export within {}",
        checkpoint.version(),
        model,
        checkpoint.good().lineage().records(),
        difference);
  }

  @Override
  public CompletableFuture<Void> passOver(
      long version,
      Map<Integer, Long> positions,
      List<ProducerRecord<String, byte[]>> letters,
      List<TrainingEvent> happened) {
    List<ProducerRecord<String, byte[]>> copy = new ArrayList<>(letters);
    copy.addAll(records(happened));
    return onThread(
        () ->
            requireResumed()
                .commit(
                    offsets(positions, CheckpointLog.note(version)),
                    producer -> copy.forEach(producer::send)));
  }

  private List<ProducerRecord<String, byte[]>> records(List<TrainingEvent> happened) {
    return happened.stream()
        .map(event -> events.encode(TrainingEventMapper.record(model, event)))
        .map(value -> new ProducerRecord<>(events.topic(), model, value))
        .toList();
  }

  private Map<TopicPartition, OffsetAndMetadata> offsets(
      Map<Integer, Long> positions, String note) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    positions.forEach(
        (partition, offset) ->
            offsets.put(
                new TopicPartition(examplesTopic, partition), new OffsetAndMetadata(offset, note)));
    return offsets;
  }

  private Transactions requireResumed() {
    if (transactions == null) {
      throw new IllegalStateException("resume before the first write");
    }
    return transactions;
  }

  private interface Task {
    void run() throws IOException;
  }

  private CompletableFuture<Void> onThread(Task task) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            task.run();
          } catch (IOException e) {
            throw new TrainingStoppedException("a checkpoint's files failed in " + folder, e);
          }
        },
        thread);
  }

  @Override
  public void close() {
    thread.shutdown();
    boolean interrupted = false;
    while (!thread.isTerminated()) {
      try {
        if (!thread.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
          log.warn("Giving up on a checkpoint that is not written after {}", PATIENCE);
          thread.shutdownNow();
        }
      } catch (InterruptedException e) {
        interrupted = true;
        thread.shutdownNow();
      }
    }
    if (transactions != null) {
      transactions.close();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
