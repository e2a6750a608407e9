package io.distillstream.chaos.fault;

import io.distillstream.avro.BlobRef;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.SoftLabel;
import io.distillstream.avro.StageReport;
import io.distillstream.chaos.process.Stage;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topic;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.scan.TopicScan;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Copies of the pipeline's own newest records with one thing changed: a manifest of a checkpoint
 * whose blob begins before the topic does, one that no trainer wrote, updates of versions that no
 * real one reaches, of which one is without probes, a soft label of other labels, a report from the
 * next century.
 */
final class WellFormedLies implements TopicFault {
  private static final long NO_VERSION_BEYOND = Long.MAX_VALUE - 1;

  /** So far ahead that a device that runs it is not taken for one that runs the real version. */
  private static final long UNREACHED = 1_000_000;

  private static final int NEWEST = 200;

  @Override
  public String name() {
    return "lies";
  }

  @Override
  public void strike(Stage target, Duration duration, Scene scene) throws Exception {
    try (Liar liar = new Liar(scene)) {
      liar.checkpoints();
      liar.updates();
      liar.softLabel();
      liar.report();
    }
  }

  /** What one strike works with. */
  private static final class Liar implements AutoCloseable {
    private final Pipeline pipeline;
    private final ClusterConnection cluster;
    private final WireFormat wire;
    private final Planter planter;

    Liar(Scene scene) {
      pipeline = scene.processes().pipeline();
      cluster = scene.processes().cluster();
      wire = new WireFormat(cluster);
      planter = new Planter(scene);
    }

    void checkpoints() throws InterruptedException, ExecutionException {
      Checkpoint newest = newest(Topics.CHECKPOINTS);
      if (newest == null) {
        return;
      }
      BlobRef early = BlobRef.newBuilder(newest.getState()).setFirstOffset(-5).build();
      plant(Topics.CHECKPOINTS, Checkpoint.newBuilder(newest).setState(early).build(), false);
      Checkpoint foreign =
          Checkpoint.newBuilder(newest)
              .setVersion(newest.getVersion() + 1)
              .setParentVersion(newest.getVersion())
              .build();
      plant(Topics.CHECKPOINTS, foreign, true);
    }

    void updates() throws InterruptedException, ExecutionException {
      ModelUpdate newest = newest(Topics.MODEL_UPDATES);
      if (newest == null) {
        return;
      }
      ModelUpdate last = ModelUpdate.newBuilder(newest).setVersion(NO_VERSION_BEYOND).build();
      plant(Topics.MODEL_UPDATES, last, false);
      ModelUpdate unproven =
          ModelUpdate.newBuilder(newest)
              .setVersion(newest.getVersion() + UNREACHED)
              .setProbe(List.of())
              .build();
      plant(Topics.MODEL_UPDATES, unproven, false);
    }

    void softLabel() throws InterruptedException, ExecutionException {
      SoftLabel newest = newest(Topics.SOFT_LABELS);
      if (newest != null) {
        String id = "lie-" + newest.getRequestId();
        SoftLabel other =
            SoftLabel.newBuilder(newest).setRequestId(id).setLabelSpace("no-such-labels").build();
        planter.plant(
            Topics.SOFT_LABELS, id, wire.codec(Topics.SOFT_LABELS, pipeline).encode(other), true);
      }
    }

    void report() throws InterruptedException, ExecutionException {
      StageReport future =
          new StageReport(
              "trainer",
              "ghost",
              Instant.parse("2126-01-01T00:00:00Z"),
              Map.of("records_trained", 1L),
              Map.of(),
              Map.of());
      planter.plant(
          Topics.STAGE_REPORTS,
          "trainer/ghost",
          wire.codec(Topics.STAGE_REPORTS, pipeline).encode(future),
          true);
    }

    private <T extends SpecificRecord> void plant(Topic<T> topic, T lie, boolean decodes)
        throws InterruptedException, ExecutionException {
      planter.plant(topic, Planter.key(topic), wire.codec(topic, pipeline).encode(lie), decodes);
    }

    /** The newest record that decodes and that no fault wrote; null if there is none. */
    private <T extends SpecificRecord> @Nullable T newest(Topic<T> topic) {
      Codec<T> codec = wire.codec(topic, pipeline);
      AtomicReference<@Nullable T> newest = new AtomicReference<>();
      try (TopicScan scan = new TopicScan(cluster)) {
        scan.read(
            scan.last(codec.topic(), NEWEST),
            record -> {
              if (Planter.isPlanted(record)) {
                return;
              }
              try {
                newest.set(codec.decode(record.value()));
              } catch (UndecodableRecordException e) {
                // One that was planted and came through a stage.
              }
            });
      }
      return newest.get();
    }

    @Override
    public void close() {
      planter.close();
      wire.close();
    }
  }
}
