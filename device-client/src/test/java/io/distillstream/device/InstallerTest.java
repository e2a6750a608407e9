package io.distillstream.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.avro.BlobRef;
import io.distillstream.avro.DeviceEvent;
import io.distillstream.avro.DeviceReport;
import io.distillstream.avro.EventTimes;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallerTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir Path home;
  private final Map<String, byte[]> published = new HashMap<>();
  private final List<String> fetched = new ArrayList<>();
  private final List<Rejection> rejections = new ArrayList<>();
  private ModelFolder folder;
  private ModelSlot slot;
  private Installer installer;

  @BeforeEach
  void open() throws IOException {
    folder = ModelFolder.open(home);
    slot = new ModelSlot();
    DeviceListener listener =
        new DeviceListener() {
          @Override
          public void rejected(Rejection rejection) {
            rejections.add(rejection);
          }
        };
    installer =
        new Installer(
            settings(), folder, slot, () -> 42, listener, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  @AfterEach
  void close() throws IOException {
    slot.swap(null);
    folder.close();
  }

  @Test
  void shouldInstallTheNewestAndReportTheRecordsOfThoseItSkipped() throws IOException {
    publish(1);
    publish(3);
    publish(2);

    installer.advance(this::fetch);

    assertThat(slot.version()).isEqualTo(3);
    assertThat(fetched).containsExactly("glosses-3");
    DeviceReport report = onlyReport();
    assertThat(report.getEvent()).isEqualTo(DeviceEvent.INSTALLED);
    assertThat(report.getVersion()).isEqualTo(3);
    assertThat(report.getAt()).isEqualTo(NOW);
    assertThat(report.getAnswersServed()).isEqualTo(42);
    assertThat(report.getEventTimes())
        .isEqualTo(new EventTimes(100, List.of(1000L, 2000L, 3000L), List.of(1L, 2L, 3L)));
  }

  @Test
  void shouldNeverGoBack() throws IOException {
    publish(5);
    installer.advance(this::fetch);

    publish(4);
    publish(5);
    installer.advance(this::fetch);

    assertThat(slot.version()).isEqualTo(5);
    assertThat(folder.undelivered()).hasSize(1);
  }

  @Test
  void shouldKeepTheOldModelWhenTheNewOneIsWrong() throws IOException {
    publish(1);
    installer.advance(this::fetch);

    byte[] model = TestModels.model(2);
    publish(TestModels.manifest(2, model, TestModels.probe("a dog", 1f, 2f, 3f)), model);
    installer.advance(this::fetch);

    assertThat(slot.version()).isEqualTo(1);
    assertThat(rejections).hasSize(1);
    assertThat(rejections.get(0).reason()).startsWith("probe 0 of 1: logits differ by");
    assertThat(home).isDirectoryNotContaining("glob:**model-2*");
  }

  @Test
  void shouldPassTheProbeThatTheSameFileAnswered() throws Exception {
    byte[] model = TestModels.model(1);
    Path file = Files.write(home.resolve("elsewhere.onnx"), model);
    float[] logits;
    try (OnnxClassifier classifier = OnnxClassifier.open(file)) {
      logits = classifier.logits("a dog");
    }
    publish(TestModels.manifest(1, model, TestModels.probe("a dog", logits)), model);

    installer.advance(this::fetch);

    assertThat(slot.version()).isEqualTo(1);
  }

  @Test
  void shouldRefuseAnotherLabelSpaceOrFormat() throws IOException {
    byte[] model = TestModels.model(1);
    ModelUpdate otherLabels =
        ModelUpdate.newBuilder(TestModels.manifest(1, model)).setLabelSpace("beef").build();
    byte[] second = TestModels.model(2);
    ModelUpdate otherFormat =
        ModelUpdate.newBuilder(TestModels.manifest(2, second)).setFormat("tflite").build();
    publish(otherLabels, model);
    publish(otherFormat, second);

    installer.advance(this::fetch);

    assertThat(slot.version()).isZero();
    assertThat(rejections)
        .extracting(Rejection::reason)
        .satisfiesExactly(
            format -> assertThat(format).contains("tflite"),
            labels -> assertThat(labels).contains("label space", "beef"));
  }

  @Test
  void shouldFallBackToTheNewestThatIsSound() throws IOException {
    publish(1);
    publish(2);
    publish(TestModels.manifest(3, TestModels.model(3)), new byte[] {1, 2, 3});

    installer.advance(this::fetch);

    assertThat(slot.version()).isEqualTo(2);
    assertThat(rejections).extracting(Rejection::version).containsExactly(3L);
  }

  @Test
  void shouldCountTheRecordsOfARefusedVersionWithTheNextOne() throws IOException {
    publish(TestModels.manifest(1, TestModels.model(1)), new byte[] {1, 2, 3});
    installer.advance(this::fetch);
    publish(2);
    installer.advance(this::fetch);

    List<DeviceReport> reports = new ArrayList<>();
    for (Path file : folder.undelivered()) {
      reports.add(folder.report(file));
    }
    assertThat(reports)
        .anySatisfy(
            report -> {
              assertThat(report.getEvent()).isEqualTo(DeviceEvent.REJECTED);
              assertThat(report.getEventTimes().getCounts()).isEmpty();
            })
        .anySatisfy(
            report -> {
              assertThat(report.getEvent()).isEqualTo(DeviceEvent.INSTALLED);
              assertThat(report.getEventTimes().getCounts()).containsExactly(1L, 2L);
            });
  }

  @Test
  void shouldNotTryRefusedBytesAgain() throws IOException {
    publish(TestModels.manifest(1, TestModels.model(1)), new byte[] {1, 2, 3});
    installer.advance(this::fetch);
    installer.advance(this::fetch);

    assertThat(rejections).hasSize(1);
  }

  @Test
  void shouldTakeAVersionThatIsPublishedAnewWithOtherBytes() throws IOException {
    publish(TestModels.manifest(1, new byte[] {9}), new byte[] {9});
    installer.advance(this::fetch);
    publish(1);
    installer.advance(this::fetch);

    assertThat(slot.version()).isEqualTo(1);
  }

  @Test
  void shouldRefuseAManifestOfAnotherModel() {
    ModelUpdate foreign =
        ModelUpdate.newBuilder(TestModels.manifest(1, TestModels.model(1)))
            .setModel("other")
            .build();

    assertThatThrownBy(() -> installer.see(foreign)).hasMessageContaining("other/stable");
  }

  private static DeviceSettings settings() {
    return DeviceSettings.of(
        "d1",
        "glosses",
        "stable",
        Path.of("unused"),
        new ClusterConnection("unused:1", "http://unused"),
        new Pipeline("test"));
  }

  private void publish(long version) {
    byte[] model = TestModels.model(version);
    publish(TestModels.manifest(version, model), model);
  }

  private void publish(ModelUpdate manifest, byte[] bytes) {
    published.put(manifest.getArtifact().getBlobId(), bytes);
    installer.see(manifest);
  }

  private void fetch(BlobRef blob, Path target) throws IOException {
    Files.write(target, published.get(blob.getBlobId()));
    fetched.add(blob.getBlobId());
  }

  private DeviceReport onlyReport() throws IOException {
    assertThat(folder.undelivered()).hasSize(1);
    return folder.report(folder.undelivered().get(0));
  }
}
