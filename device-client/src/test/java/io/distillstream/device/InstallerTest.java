package io.distillstream.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.distillstream.device.folder.ModelFolder;
import io.distillstream.device.inference.OnnxClassifier;
import io.distillstream.update.ArrivalCounts;
import io.distillstream.update.UpdateManifest;
import io.distillstream.update.UpdateReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallerTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private static final Reporter REPORTER =
      new Reporter("d1", () -> 42, Clock.fixed(NOW, ZoneOffset.UTC));

  @TempDir Path home;
  private final MemoryTransport source = new MemoryTransport();
  private final List<Rejection> rejections = new ArrayList<>();
  private Incumbent incumbent;
  private ModelFolder folder;
  private ModelSlot slot;
  private Installer installer;

  @BeforeEach
  void open() throws IOException {
    TestFolders.ofOldDevice(home);
    incumbent = Incumbent.open(settings(), REPORTER);
    folder = incumbent.folder();
    slot = incumbent.slot();
    installer = installer(settings());
  }

  private Installer installer(DeviceSettings settings) throws IOException {
    DeviceListener listener =
        new DeviceListener() {
          @Override
          public void rejected(Rejection rejection) {
            rejections.add(rejection);
          }
        };
    return new Installer(settings, incumbent, REPORTER, listener);
  }

  @AfterEach
  void close() throws IOException {
    incumbent.close();
  }

  @Test
  void shouldInstallTheNewestAndReportTheRecordsOfThoseItSkipped() throws IOException {
    publish(1);
    publish(3);
    publish(2);

    installer.advance(source);

    assertThat(slot.version()).isEqualTo(3);
    assertThat(source.fetched()).containsExactly("glosses-3");
    UpdateReport report = onlyReport();
    assertThat(report.outcome()).isEqualTo(UpdateReport.Outcome.INSTALLED);
    assertThat(report.version()).isEqualTo(3);
    assertThat(report.at()).isEqualTo(NOW);
    assertThat(report.answersServed()).isEqualTo(42);
    assertThat(report.arrivals().byStartMillis())
        .containsExactly(entry(1000L, 1L), entry(2000L, 2L), entry(3000L, 3L));
  }

  @Test
  void shouldNeverGoBack() throws IOException {
    publish(5);
    installer.advance(source);

    publish(4);
    publish(5);
    installer.advance(source);

    assertThat(slot.version()).isEqualTo(5);
    assertThat(folder.reports().undelivered()).hasSize(1);
  }

  @Test
  void shouldKeepTheOldModelWhenTheNewOneIsWrong() throws IOException {
    publish(1);
    installer.advance(source);

    byte[] model = TestModels.model(2);
    publish(TestModels.manifest(2, model, TestModels.probe("a dog", 1f, 2f, 3f)), model);
    installer.advance(source);

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

    installer.advance(source);

    assertThat(slot.version()).isEqualTo(1);
  }

  @Test
  void shouldRefuseAnotherLabelSpaceOrFormat() throws IOException {
    byte[] model = TestModels.model(1);
    UpdateManifest otherLabels = with(TestModels.manifest(1, model), "glosses", "beef", "onnx");
    byte[] second = TestModels.model(2);
    UpdateManifest otherFormat =
        with(TestModels.manifest(2, second), "glosses", TestModels.LABELS.fingerprint(), "tflite");
    publish(otherLabels, model);
    publish(otherFormat, second);

    installer.advance(source);

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

    installer.advance(source);

    assertThat(slot.version()).isEqualTo(2);
    assertThat(rejections).extracting(Rejection::version).containsExactly(3L);
  }

  @Test
  void shouldCountTheRecordsOfARefusedVersionWithTheNextOne() throws IOException {
    publish(TestModels.manifest(1, TestModels.model(1)), new byte[] {1, 2, 3});
    installer.advance(source);
    publish(2);
    installer.advance(source);

    List<UpdateReport> reports = new ArrayList<>();
    for (Path file : folder.reports().undelivered()) {
      reports.add(folder.reports().read(file));
    }
    assertThat(reports)
        .anySatisfy(
            report -> {
              assertThat(report.outcome()).isEqualTo(UpdateReport.Outcome.REJECTED);
              assertThat(report.arrivals()).isEqualTo(ArrivalCounts.NONE);
            })
        .anySatisfy(
            report -> {
              assertThat(report.outcome()).isEqualTo(UpdateReport.Outcome.INSTALLED);
              assertThat(report.arrivals().byStartMillis().values()).containsExactly(1L, 2L);
            });
  }

  @Test
  void shouldRefuseBytesThatAreNotThoseOfTheManifest() throws IOException {
    byte[] model = TestModels.model(1);
    byte[] damaged = model.clone();
    damaged[damaged.length / 2] ^= 1;
    publish(TestModels.manifest(1, model), damaged);
    publish(TestModels.manifest(2, TestModels.model(2)), new byte[] {1, 2, 3});

    installer.advance(source);

    assertThat(slot.version()).isZero();
    assertThat(rejections)
        .extracting(Rejection::reason)
        .satisfiesExactly(
            size -> assertThat(size).contains("3 bytes"),
            digest -> assertThat(digest).contains("SHA-256"));
    assertThat(home).isDirectoryNotContaining("glob:**model-*");
  }

  @Test
  void shouldTryAgainWhatCannotBeFetchedAtTheMoment() throws IOException {
    publish(1);
    source.away(true);
    assertThatThrownBy(() -> installer.advance(source)).isInstanceOf(IOException.class);
    source.away(false);

    installer.advance(source);

    assertThat(slot.version()).isEqualTo(1);
    assertThat(rejections).isEmpty();
  }

  @Test
  void shouldTakeASoundUpdateOfTheSameBytesAsARefusedOne() throws IOException {
    byte[] model = TestModels.model(1);
    publish(with(TestModels.manifest(9, model), "glosses", "beef", "onnx"), model);
    installer.advance(source);
    publish(1);
    installer.advance(source);

    assertThat(rejections).extracting(Rejection::version).containsExactly(9L);
    assertThat(slot.version()).isEqualTo(1);
  }

  @Test
  void shouldTakeNoVersionAboveTheHighestWanted() throws IOException {
    installer = installer(settings().withHighestVersion(2));
    publish(2);
    publish(1_000_000_000);

    installer.advance(source);

    assertThat(slot.version()).isEqualTo(2);
    assertThat(rejections)
        .extracting(Rejection::reason)
        .containsExactly("this device takes no version above 2");
    assertThat(source.fetched()).as("artifacts that were downloaded").hasSize(1);
  }

  @Test
  void shouldTakeAVersionThatIsPublishedAnewWithOtherBytes() throws IOException {
    publish(TestModels.manifest(1, new byte[] {9}), new byte[] {9});
    installer.advance(source);
    publish(1);
    installer.advance(source);

    assertThat(slot.version()).isEqualTo(1);
  }

  @Test
  void shouldRefuseAManifestOfAnotherModel() {
    UpdateManifest foreign =
        with(
            TestModels.manifest(1, TestModels.model(1)),
            "other",
            TestModels.LABELS.fingerprint(),
            "onnx");

    assertThatThrownBy(() -> installer.see(foreign)).hasMessageContaining("other/stable");
  }

  private DeviceSettings settings() {
    return DeviceSettings.of("d1", "glosses", "stable", home);
  }

  private static UpdateManifest with(
      UpdateManifest manifest, String model, String labelSpace, String format) {
    return new UpdateManifest(
        model,
        manifest.channel(),
        manifest.version(),
        labelSpace,
        format,
        manifest.artifact(),
        manifest.deltas(),
        manifest.probes(),
        manifest.recordsTrained(),
        manifest.arrivals());
  }

  private void publish(long version) {
    byte[] model = TestModels.model(version);
    publish(TestModels.manifest(version, model), model);
  }

  private void publish(UpdateManifest manifest, byte[] bytes) {
    source.publish(manifest, bytes);
    installer.see(manifest);
  }

  private UpdateReport onlyReport() throws IOException {
    assertThat(folder.reports().undelivered()).hasSize(1);
    return folder.reports().read(folder.reports().undelivered().get(0));
  }
}
