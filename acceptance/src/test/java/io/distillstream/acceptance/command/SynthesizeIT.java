package io.distillstream.acceptance.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.AugmentationKind;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.InferenceRequest;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.TrainingExample;
import io.distillstream.local.Distillstream;
import io.distillstream.local.GlossTraffic;
import io.distillstream.local.SmallPipeline;
import io.distillstream.local.checkpoints.CheckpointHistory;
import io.distillstream.local.services.LocalPipeline;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topic;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.scan.TopicScan;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A first version on a channel without any traffic, and the end of made-up texts when it comes. */
class SynthesizeIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int FIRST = 160;
  private static final int ALL = 288;
  private static final int ROUND = 64;
  private static final int TRAFFIC = 120;

  @TempDir private Path folder;

  @SuppressWarnings("NullAway.Init") // JUnit sets the folder.
  SynthesizeIT() {}

  private record Outcome(int exitCode, String out, String err) {}

  @Test
  void shouldPublishAFirstVersionWithoutTrafficAndStepAsideWhenItComes() throws Exception {
    try (LocalPipeline pipeline =
        SmallPipeline.start(folder, Map.of("trainer.held-out.one-in", "5"))) {
      Outcome first = run(pipeline, FIRST);
      assertThat(first.exitCode()).as(first.err()).isZero();
      assertThat(first.out()).contains("160 texts sent: the run is whole");
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(500))
          .untilAsserted(
              () -> {
                pipeline.requireAlive();
                assertThat(newest(pipeline).getSyntheticTrained()).isEqualTo(FIRST);
                assertThat(read(pipeline, Topics.MODEL_UPDATES)).isNotEmpty();
              });
      assertFirstVersion(pipeline);

      Outcome second = run(pipeline, ALL);
      assertThat(second.exitCode()).as(second.err()).isZero();
      assertThat(second.out())
          .contains("goes on after 160 texts", "of the student", "288 texts sent");
      assertRequests(pipeline);

      GlossTraffic.send(pipeline.cluster(), 0, TRAFFIC);
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(500))
          .untilAsserted(
              () -> {
                assertThat(live(newest(pipeline))).isPositive();
                assertThat(read(pipeline, Topics.HELD_OUT)).isNotEmpty();
              });
      Outcome third = run(pipeline, 1_000);
      assertThat(third.exitCode()).as(third.err()).isZero();
      assertThat(third.out()).contains("the student learns from live traffic now");
      assertHeldOut(pipeline);
    }
  }

  private static long live(Checkpoint checkpoint) {
    return checkpoint.getRecordsTrained() - checkpoint.getSyntheticTrained();
  }

  /** It says by what it was judged, and no figure of it is one of traffic. */
  private static void assertFirstVersion(LocalPipeline pipeline) throws Exception {
    ModelUpdate update = read(pipeline, Topics.MODEL_UPDATES).get(0);
    assertThat(update.getQuality().getSamples()).isGreaterThanOrEqualTo(10);
    assertThat(update.getSyntheticSamples()).isEqualTo(update.getQuality().getSamples());
    assertThat(update.getTraining().getPrequentialAgreement()).isNaN();
    assertThat(update.getTraining().getHeldOut()).isNull();
    Checkpoint newest = newest(pipeline);
    assertThat(newest.getRecordsTrained()).isEqualTo(FIRST);
    assertThat(newest.getAugmentedTrained()).isZero();
    assertThat(newest.getHeldOutRecords()).isZero();
  }

  private static void assertRequests(LocalPipeline pipeline) throws Exception {
    List<InferenceRequest> requests = read(pipeline, Topics.REQUESTS);
    assertThat(requests)
        .hasSize(ALL)
        .allSatisfy(
            request -> {
              assertThat(request.getAugmentation().getKind()).isEqualTo(AugmentationKind.SYNTHETIC);
              assertThat(request.getAugmentation().getSourceRequestId())
                  .isEqualTo("synthetic-vocabulary-1");
              assertThat(request.getRequestId()).startsWith("synthetic-vocabulary-1-");
            });
    assertThat(requests).extracting(InferenceRequest::getRequestId).doesNotHaveDuplicates();
    assertThat(requests)
        .extracting(request -> request.getInput().getText())
        .doesNotHaveDuplicates();
    assertThat(requests)
        .filteredOn(request -> request.getAugmentation().getVersion() > 0)
        // On a slow machine there is a student before the first run ends.
        .as("those that a student chose")
        .hasSizeBetween(ALL - FIRST, ALL - ROUND);
  }

  private static void assertHeldOut(LocalPipeline pipeline) throws Exception {
    assertThat(read(pipeline, Topics.HELD_OUT))
        .isNotEmpty()
        .allSatisfy(copy -> assertThat(copy.getExample().getAugmentation()).isNull());
    assertThat(read(pipeline, Topics.TRAINING_EXAMPLES))
        .filteredOn(example -> example.getAugmentation() != null)
        .hasSize(ALL)
        .extracting(TrainingExample::getGroundTruth)
        .containsOnlyNulls();
  }

  private static Outcome run(LocalPipeline pipeline, int count) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        Distillstream.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    int exitCode =
        command.execute(
            "synthesize",
            "--count",
            Integer.toString(count),
            "--rate",
            "1000",
            "--round",
            Integer.toString(ROUND),
            "--climb",
            "1",
            "--candidates",
            "2",
            "--url",
            pipeline.teacherUrl(),
            "--set",
            "cluster.bootstrap-servers=" + pipeline.cluster().connection().bootstrapServers(),
            "--set",
            "cluster.registry-url=" + pipeline.cluster().connection().registryUrl(),
            "--set",
            "data.folder=" + pipeline.cluster().dataFolder().resolve("command"));
    return new Outcome(exitCode, out.toString(), err.toString());
  }

  private static Checkpoint newest(LocalPipeline pipeline) {
    ServiceContext context = pipeline.context();
    Codec<Checkpoint> codec = context.wire().codec(Topics.CHECKPOINTS, context.pipeline());
    Map.Entry<Long, Checkpoint> newest =
        CheckpointHistory.read(context.cluster(), codec, "student").lastEntry();
    assertThat(newest).isNotNull();
    return newest.getValue();
  }

  private static <T extends SpecificRecord> List<T> read(LocalPipeline pipeline, Topic<T> topic)
      throws UndecodableRecordException {
    ServiceContext context = pipeline.context();
    Codec<T> codec = context.wire().codec(topic, context.pipeline());
    List<byte[]> values = new ArrayList<>();
    try (TopicScan scan = new TopicScan(context.cluster())) {
      scan.read(scan.whole(codec.topic()), record -> values.add(record.value()));
    }
    List<T> records = new ArrayList<>();
    for (byte[] value : values) {
      records.add(codec.decode(value));
    }
    return records;
  }
}
