package io.distillstream.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.distillstream.device.DeviceProcess.End;
import io.distillstream.device.DeviceProcess.Outcome;
import io.distillstream.update.UpdateReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices whose processes die, soon after their start or while they try an update. */
class CrashLoopTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int LIMIT = 3;
  private static final String REASON =
      "the process ended 3 times in a row while it was loaded or soon after";

  /** What {@link #heavy} needs is beyond this heap, what the others need is not. */
  private static final String SMALL_HEAP = "-Xmx24m";

  private static final String DIE_OF_MEMORY = "-XX:+ExitOnOutOfMemoryError";
  private static final int OUT_OF_MEMORY = 3;

  @TempDir Path folder;
  @TempDir Path shared;
  private final MemoryTransport transport = new MemoryTransport();
  private final List<Rejection> rejections = new CopyOnWriteArrayList<>();
  private FolderPipeline pipeline;

  @BeforeEach
  void share() {
    pipeline = new FolderPipeline(shared);
  }

  @Test
  void shouldGoBackToTheModelBeforeOneThatTakesTheProcessDown() throws Exception {
    install(1);
    install(2);
    for (int i = 0; i < LIMIT; i++) {
      assertThat(answerAndEnd(2, End.HALT)).isEqualTo(Outcome.answered(2, End.HALT));
    }

    try (DeviceClient device = started()) {
      assertAnswers(device, 1);
      await().atMost(PATIENCE).until(() -> transport.reports().size() >= 3);
      assertThat(transport.reports())
          .extracting(UpdateReport::version, UpdateReport::outcome, UpdateReport::reason)
          .containsExactly(
              tuple(1L, UpdateReport.Outcome.INSTALLED, null),
              tuple(2L, UpdateReport.Outcome.INSTALLED, null),
              tuple(2L, UpdateReport.Outcome.REJECTED, REASON));

      // The topic still holds it; a newer one is taken.
      publish(2);
      publish(3);
      assertThat(device.awaitVersion(3, PATIENCE)).isTrue();
    }
    assertThat(rejections).as("told once").containsExactly(new Rejection(2, REASON));
  }

  @Test
  void shouldRefuseTheBytesThatTookTheProcessDownForGood() throws Exception {
    install(1);
    install(2);
    for (int i = 0; i < LIMIT; i++) {
      answerAndEnd(2, End.HALT);
    }
    started().close();
    byte[] model = TestModels.model(2);
    try (DeviceClient device = started()) {
      // Under another version, too.
      transport.publish(TestModels.manifest(5, model), model);
      await().atMost(PATIENCE).until(() -> rejections.size() == 2);

      assertAnswers(device, 1);
    }
    assertThat(transport.fetched()).doesNotContain("glosses-5");
    assertThat(rejections).containsExactly(new Rejection(2, REASON), new Rejection(5, REASON));
  }

  @Test
  void shouldNotGoBackBeforeTheLimit() throws Exception {
    install(1);
    install(2);
    for (int i = 1; i < LIMIT; i++) {
      answerAndEnd(2, End.HALT);
    }

    try (DeviceClient device = started()) {
      assertAnswers(device, 2);
    }
  }

  @Test
  void shouldNotCountProcessesThatEndInOrder() throws Exception {
    install(1);
    install(2);
    for (int i = 0; i < LIMIT; i++) {
      assertThat(answerAndEnd(2, End.EXIT)).isEqualTo(Outcome.answered(2, End.EXIT));
    }

    try (DeviceClient device = started()) {
      assertAnswers(device, 2);
    }
  }

  @Test
  void shouldWaitForTheNextUpdateWhereThereIsNoModelBefore() throws Exception {
    byte[] model = TestModels.model(1);
    pipeline.publish(TestModels.manifest(1, model), model);
    for (int i = 0; i < LIMIT; i++) {
      assertThat(answerAndEnd(1, End.HALT)).isEqualTo(Outcome.answered(1, End.HALT));
    }

    try (DeviceClient device = started()) {
      assertThat(device.predict("a dog")).isEmpty();
      publish(2);
      assertThat(device.awaitVersion(2, PATIENCE)).isTrue();
    }
    assertThat(rejections).containsExactly(new Rejection(1, REASON));
  }

  /** Somebody may pull the plug of a sound device, far from any network. */
  @Test
  void shouldTryTheOnlyModelAgainThatOnceLasted() throws Exception {
    install(1);
    for (int i = 0; i < LIMIT; i++) {
      answerAndEnd(1, End.HALT);
    }

    try (DeviceClient device = started()) {
      publish(1);
      assertThat(device.predict("a dog")).isEmpty();
      await().atMost(PATIENCE).until(() -> !rejections.isEmpty());
    }
    assertThat(rejections)
        .containsExactly(new Rejection(1, REASON + "; the device starts once without it"));
    try (DeviceClient device = started()) {
      assertAnswers(device, 1);
    }
  }

  @Test
  void shouldGoBackFromAModelThatNeedsMoreMemoryThanThereIs() throws Exception {
    install(1);
    byte[] heavy = heavy(2);
    transport.publish(TestModels.manifest(2, heavy), heavy);
    try (DeviceClient device = started()) {
      assertThat(device.awaitVersion(2, PATIENCE)).isTrue();
    }

    for (int i = 0; i < LIMIT; i++) {
      assertThat(answerAndEnd(2, End.EXIT, SMALL_HEAP, DIE_OF_MEMORY).exitCode())
          .isEqualTo(OUT_OF_MEMORY);
    }

    assertThat(answerAndEnd(1, End.EXIT, SMALL_HEAP, DIE_OF_MEMORY))
        .isEqualTo(Outcome.answered(1, End.EXIT));
  }

  @Test
  void shouldRefuseAnUpdateThatTakesTheProcessDownWhileItIsTried() throws Exception {
    install(1);
    byte[] heavy = heavy(2);
    pipeline.publish(TestModels.manifest(2, heavy), heavy);
    for (int i = 0; i < LIMIT; i++) {
      assertThat(answerAndEnd(2, End.EXIT, SMALL_HEAP, DIE_OF_MEMORY).exitCode())
          .isEqualTo(OUT_OF_MEMORY);
    }

    transport.publish(TestModels.manifest(2, heavy), heavy);
    try (DeviceClient device = started()) {
      await().atMost(PATIENCE).until(() -> !rejections.isEmpty());
      assertAnswers(device, 1);
    }
    assertThat(rejections).containsExactly(new Rejection(2, REASON));
    assertThat(transport.fetched()).containsExactly("glosses-1");
  }

  private Outcome answerAndEnd(long version, End end, String... options) throws Exception {
    return DeviceProcess.run(folder, shared, version, end, options);
  }

  /** By a device that is closed in order. */
  private void install(long version) throws Exception {
    publish(version);
    try (DeviceClient device = started()) {
      assertThat(device.awaitVersion(version, PATIENCE)).isTrue();
    }
  }

  private DeviceClient started() throws IOException {
    DeviceClient device =
        new DeviceClient(
            DeviceSettings.of("d1", "glosses", "stable", folder), transport, transport);
    device.listen(
        new DeviceListener() {
          @Override
          public void rejected(Rejection rejection) {
            rejections.add(rejection);
          }
        });
    device.start();
    return device;
  }

  private void publish(long version) {
    byte[] model = TestModels.model(version);
    transport.publish(TestModels.manifest(version, model), model);
  }

  private static void assertAnswers(DeviceClient device, long version) {
    assertThat(device.predict("a dog"))
        .hasValueSatisfying(
            answer -> {
              assertThat(answer.version()).isEqualTo(version);
              assertThat(answer.label()).isEqualTo(TestModels.label(version));
            });
  }

  private static byte[] heavy(long version) {
    Map<String, String> metadata = new HashMap<>(TestModels.METADATA.toMap());
    metadata.put("ballast", "x".repeat(40 << 20));
    return TestModels.model(version, metadata, TestModels.LABELS.size());
  }
}
