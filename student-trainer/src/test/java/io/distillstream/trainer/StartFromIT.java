package io.distillstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.Checkpoint;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.trainer.checkpoint.log.CheckpointStore;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Models that start from others, on a real broker. */
@ExtendWith(SharedCluster.class)
class StartFromIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final EmbeddedCluster embedded;

  @TempDir private Path folder;

  StartFromIT(EmbeddedCluster embedded) {
    this.embedded = embedded;
  }

  @Test
  void shouldStartAnotherModelFromAFileOrACheckpoint() throws Exception {
    try (TrainerHarness harness = new TrainerHarness("start", embedded, folder);
        CheckpointStore store = store(harness, "tiny")) {
      train(harness, "tiny", 0, 128, Map.of());
      Checkpoint newest = harness.newest("tiny");
      Path onnx = folder.resolve("start.onnx");
      assertStartsFrom(harness, store, newest, onnx, folder.resolve("start.safetensors"));
      assertThatThrownBy(
              () ->
                  train(
                      harness,
                      "wide",
                      0,
                      0,
                      Map.of("trainer.start-from", onnx.toString(), "trainer.width", "32")))
          .isInstanceOf(TrainingStoppedException.class)
          .hasMessageContaining("embedding")
          .hasMessageContaining("[14, 16]")
          .hasMessageContaining("[14, 32]");
      assertThatThrownBy(
              () -> train(harness, "none", 0, 0, Map.of("trainer.start-from", "checkpoint:no/7")))
          .hasMessageContaining("checkpoint:no/7 is not on the log")
          .hasMessageContaining("tiny/1");
    }
  }

  @Test
  void shouldStartAnotherModelFromOneWhoseWordsShareRowsAndGoOnWithIt() throws Exception {
    try (TrainerHarness harness = new TrainerHarness("rows", embedded, folder);
        CheckpointStore store = store(harness, "tiny")) {
      train(
          harness,
          "tiny",
          0,
          128,
          Map.of(
              "trainer.pruning.mode", "structured",
              "trainer.pruning.units", "rows",
              "trainer.pruning.start-records", "64",
              "trainer.pruning.step", "0.5"));
      Checkpoint newest = harness.newest("tiny");
      StudentSpec spec = harness.state(newest).state().spec();
      assertThat(spec.tableRows().count()).isEqualTo(spec.vocabularySize() / 2);

      Path onnx = folder.resolve("rows.onnx");
      assertStartsFrom(harness, store, newest, onnx, folder.resolve("rows.safetensors"));

      train(harness, "copy-0", 128, 160, Map.of());
      await().atMost(DEADLINE).until(() -> harness.newest("copy-0").getRecordsTrained() == 160);
      assertThat(harness.state(harness.newest("copy-0")).state().spec()).isEqualTo(spec);
    }
  }

  /** Starts a model from each of the forms of a checkpoint. */
  private static void assertStartsFrom(
      TrainerHarness harness, CheckpointStore store, Checkpoint source, Path onnx, Path state)
      throws Exception {
    store.fetch(source, source.getOnnx(), onnx);
    store.fetch(source, source.getState(), state);
    StudentWeights expected = harness.state(source).state().weights();
    int model = 0;
    for (String from : List.of(onnx.toString(), state.toString(), "checkpoint:tiny")) {
      String name = "copy-" + model++;
      // A learning rate of 0 shows what it started from.
      train(
          harness,
          name,
          0,
          0,
          Map.of(
              "trainer.start-from", from,
              "trainer.learning-rate.start", "0",
              "trainer.learning-rate.end", "0"));
      Checkpoint first = harness.manifests(name).get(0);
      assertThat(first.getParentVersion()).isZero();
      assertThat(first.getVersion()).isEqualTo(1);
      assertThat(harness.state(first).state().weights()).as(from).isEqualTo(expected);
    }
  }

  private static void train(
      TrainerHarness harness, String model, int from, int to, Map<String, String> settings) {
    harness.sendInOrder(from, to);
    try (TrainerService service = harness.service(model, settings)) {
      service.start();
      await()
          .atMost(DEADLINE)
          .until(() -> !harness.manifests(model).isEmpty() && harness.lag(model) == 0);
    }
  }

  private CheckpointStore store(TrainerHarness harness, String model) throws Exception {
    return new CheckpointStore(
        harness.cluster, harness.pipeline, model, Files.createDirectories(folder.resolve("tools")));
  }
}
