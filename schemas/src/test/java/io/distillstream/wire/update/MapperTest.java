package io.distillstream.wire.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.distillstream.avro.ArtifactDelta;
import io.distillstream.avro.BlobRef;
import io.distillstream.avro.DeviceEvent;
import io.distillstream.avro.DeviceReport;
import io.distillstream.avro.EventTimes;
import io.distillstream.avro.Input;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.Probe;
import io.distillstream.update.ArrivalCounts;
import io.distillstream.update.ArtifactRef;
import io.distillstream.update.DeltaRef;
import io.distillstream.update.ExpectedLogits;
import io.distillstream.update.UpdateManifest;
import io.distillstream.update.UpdateReport;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MapperTest {

  @Test
  void shouldKeepWhatADeviceNeedsOfAManifest() {
    ModelUpdate update =
        manifest(
            new Probe(new Input("a dog"), List.of(1f, 2f)),
            new Probe(new Input(null), List.of(3f)));

    UpdateManifest manifest = ManifestMapper.manifest(update);

    assertThat(manifest.model()).isEqualTo("glosses");
    assertThat(manifest.channel()).isEqualTo("stable");
    assertThat(manifest.version()).isEqualTo(7);
    assertThat(manifest.labelSpace()).isEqualTo(update.getLabelSpace());
    assertThat(manifest.format()).isEqualTo("onnx");
    assertThat(manifest.probes())
        .containsExactly(
            new ExpectedLogits("a dog", List.of(1f, 2f)), new ExpectedLogits(null, List.of(3f)));
    assertThat(manifest.recordsTrained()).isEqualTo(700);
    assertThat(manifest.arrivals().byStartMillis()).containsExactly(entry(7000L, 7L));
  }

  @Test
  void shouldFindTheBlobAgainThatAnArtifactLiesIn() {
    BlobRef blob =
        BlobRef.newBuilder(manifest().getArtifact())
            .setBlobId("student/stable:7")
            .setPartition(3)
            .setFirstOffset(123_456_789_012L)
            .setChunkCount(9)
            .build();
    ModelUpdate update = ModelUpdate.newBuilder(manifest()).setArtifact(blob).build();

    assertThat(ManifestMapper.blob(ManifestMapper.manifest(update).artifact())).isEqualTo(blob);
  }

  @Test
  void shouldNameDeltasAndWhereTheyLie() {
    BlobRef blob = new BlobRef("glosses-7/delta", 9L, "cd".repeat(32), 1, 3, 44L);
    ModelUpdate update =
        ModelUpdate.newBuilder(manifest())
            .setDeltas(
                List.of(new ArtifactDelta("ef".repeat(32), "ab".repeat(32), "deflate", blob, 3L)))
            .build();

    List<DeltaRef> deltas = ManifestMapper.manifest(update).deltas();

    assertThat(deltas)
        .containsExactly(
            new DeltaRef(
                "ef".repeat(32),
                "ab".repeat(32),
                3,
                "deflate",
                new ArtifactRef("3:44:1:glosses-7/delta", 9, "cd".repeat(32))));
    assertThat(ManifestMapper.blob(deltas.get(0).file())).isEqualTo(blob);
  }

  @Test
  void shouldRefuseAManifestThatContradictsItself() {
    ModelUpdate update =
        ModelUpdate.newBuilder(manifest())
            .setEventTimes(new EventTimes(100, List.of(1L, 2L), List.of(1L)))
            .build();

    assertThatThrownBy(() -> ManifestMapper.manifest(update))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 starts, 1 counts");
  }

  @Test
  void shouldRefuseAManifestWhoseBlobLiesNowhere() {
    BlobRef nowhere = BlobRef.newBuilder(manifest().getArtifact()).setFirstOffset(-1).build();
    ModelUpdate update = ModelUpdate.newBuilder(manifest()).setArtifact(nowhere).build();

    assertThatThrownBy(() -> ManifestMapper.manifest(update))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least one chunk");
  }

  @Test
  void shouldReportWhatTheDeviceReports() {
    Instant at = Instant.parse("2026-03-01T12:00:00.123456Z");
    ArrivalCounts arrivals = new ArrivalCounts(new TreeMap<>(Map.of(2000L, 2L, 1000L, 1L)));

    DeviceReport report =
        ReportMapper.deviceReport(
            new UpdateReport(
                "d1",
                "glosses",
                "stable",
                7,
                UpdateReport.Outcome.REJECTED,
                "damaged",
                arrivals,
                42,
                at));

    assertThat(report)
        .isEqualTo(
            new DeviceReport(
                "d1",
                "glosses",
                "stable",
                7L,
                DeviceEvent.REJECTED,
                "damaged",
                new EventTimes(100, List.of(1000L, 2000L), List.of(1L, 2L)),
                42L,
                at));
  }

  /** Of version 7, whose 7 records were received at second 7. */
  private static ModelUpdate manifest(Probe... probes) {
    return TestUpdates.update("glosses", "stable", 7)
        .setLabelSpace("labels")
        .setArtifact(new BlobRef("glosses-7", 3L, "ab".repeat(32), 1, 0, 0L))
        .setPrecision("fp32")
        .setFp32Bytes(3)
        .setProbe(List.of(probes))
        .setEventTimes(new EventTimes(100, List.of(7000L), List.of(7L)))
        .build();
  }
}
