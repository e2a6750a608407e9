package io.distillstream.local.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.distillstream.local.settings.AllSettings;
import io.distillstream.model.LabelSpace;
import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Settings;
import io.distillstream.runtime.disk.DiskWatch;
import io.distillstream.teacher.encoder.ClassifierHead;
import io.distillstream.teacher.encoder.DenseLayer;
import io.distillstream.teacher.encoder.HeadFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServicePlanTest {

  @TempDir private Path folder;

  @Test
  void shouldAcceptTheDefaults() {
    assertThat(ServicePlan.embedded(settings(Map.of())).factories().keySet())
        .containsExactlyInAnyOrderElementsOf(EnumSet.complementOf(EnumSet.of(ServiceKind.TAP)));
  }

  @Test
  void shouldRunATapWhereThereIsAnUpstream() {
    String upstream = "http://127.0.0.1:8000/v1";
    assertThat(ServicePlan.embedded(settings(Map.of("tap.upstream", upstream))).factories())
        .containsOnlyKeys(ServiceKind.values());
    assertThatThrownBy(() -> ServicePlan.of(List.of(ServiceKind.TAP), settings(Map.of())))
        .hasMessageContaining("tap.upstream is empty");
    assertThatThrownBy(() -> settings(Map.of("tap.upstream", "http://me:key@host")))
        .hasMessageContaining("tap.upstream = 'http://me:key@host' in the command line: expected")
        .hasMessageContaining("and no user");
    assertThat(problems(Map.of("tap.upstream", upstream, "tap.port", "8070")))
        .singleElement()
        .asString()
        .startsWith("gateway.port and tap.port are both 8070");
    assertThat(problems(Map.of("tap.upstream", upstream, "tap.redact-patterns", "/none")))
        .singleElement()
        .asString()
        .startsWith("tap.redact-patterns = '/none' cannot be read");
  }

  @Test
  void shouldWatchTheDiskOfThoseThatWriteToIt() {
    Settings settings = settings(Map.of("data.min-free-bytes", "1000"));
    try (DiskWatch teacher = ServicePlan.of(List.of(ServiceKind.TEACHER), settings).watchDisk();
        DiskWatch joiner = ServicePlan.of(List.of(ServiceKind.JOINER), settings).watchDisk();
        DiskWatch all = ServicePlan.embedded(settings).watchDisk()) {
      assertThat(teacher.space().wanted()).isZero();
      assertThat(joiner.space().wanted()).isEqualTo(1_000);
      assertThat(all.space().wanted()).isEqualTo(1_000);
    }
  }

  @Test
  void shouldReportContradictionsOfAllStagesAtOnce() {
    Map<String, String> values = new HashMap<>();
    values.put("teacher.http.texts-per-request", "5000");
    values.put("joiner.retention", "1s");
    values.put("quantizer.evaluation-samples", "8");
    values.put("quantizer.held-out.samples", "50");
    values.put("monitor.port", "8080");

    assertThat(problems(values))
        .hasSize(5)
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith("teacher.queue-capacity = 1024")
                    .contains("teacher.http.texts-per-request = 5000"))
        .anySatisfy(line -> assertThat(line).startsWith("joiner.retention of"))
        .anySatisfy(line -> assertThat(line).startsWith("quantizer.evaluation-samples = 8"))
        .anySatisfy(line -> assertThat(line).startsWith("quantizer.held-out.samples = 50"))
        .anySatisfy(
            line ->
                assertThat(line).startsWith("teacher.http.port and monitor.port are both 8080"));
  }

  @Test
  void shouldRefuseTwoServersOnOnePort() {
    assertThat(problems(Map.of("local.broker-port", "8081")))
        .singleElement()
        .asString()
        .startsWith("local.broker-port and local.registry-port are both 8081");
    assertThat(problems(Map.of("monitor.port", "9092", "monitor.host", "0.0.0.0"))).hasSize(1);
    assertThat(problems(Map.of("monitor.port", "9092", "monitor.host", "192.0.2.1"))).isEmpty();
  }

  @Test
  void shouldGiveEachStageAServerForItsHealthOnlyWhereItRunsByItself() {
    Settings settings =
        settings(
            Map.of(
                "joiner.http.port", "8083",
                "signer.http.port", "8090",
                "tap.upstream", "http://127.0.0.1:8000"));

    assertThatThrownBy(() -> ServicePlan.of(EnumSet.allOf(ServiceKind.class), settings))
        .hasMessageContaining("trainer.http.port and joiner.http.port are both 8083")
        .hasMessageContaining("monitor.port and signer.http.port are both 8090");
    assertThat(ServicePlan.embedded(settings).factories()).hasSize(ServiceKind.values().length);
  }

  @Test
  void shouldRefuseToServeDevicesOffLoopbackWithoutAToken() {
    assertThat(problems(Map.of("gateway.host", "0.0.0.0")))
        .singleElement()
        .asString()
        .contains("gateway.host = '0.0.0.0'")
        .contains("gateway.token-file");
    assertThat(problems(Map.of("gateway.port", "8090")))
        .containsExactly(
            "monitor.port and gateway.port are both 8090; give each a port of its own, or 0 for any"
                + " free one");
  }

  @Test
  void shouldAcceptSeveralServersOnAnyFreePort() {
    assertThat(
            problems(
                Map.of(
                    "local.broker-port", "0",
                    "local.registry-port", "0",
                    "teacher.http.port", "0",
                    "monitor.port", "0")))
        .isEmpty();
  }

  @Test
  void shouldRefuseAModelThatNobodyQuantizes() {
    assertThat(problems(Map.of("trainer.model", "x")))
        .containsExactly(
            "trainer.model = 'x', but quantizer.model = 'student': no other model is trained here,"
                + " give all three the same name",
            "trainer.model = 'x', but monitor.model = 'student': no other model is trained here,"
                + " give all three the same name");
    assertThat(problems(Map.of("trainer.model", "x", "quantizer.model", "x", "monitor.model", "x")))
        .isEmpty();
  }

  @Test
  void shouldLeaveModelsToTheOtherProcessesOfACluster() {
    Settings settings =
        settings(Map.of("trainer.model", "x", "tap.upstream", "http://127.0.0.1:8000"));

    assertThat(ServicePlan.of(EnumSet.allOf(ServiceKind.class), settings).factories())
        .hasSize(ServiceKind.values().length);
  }

  @Test
  void shouldNameFilesThatDoNotExist() {
    Map<String, String> values = new HashMap<>();
    values.put("teacher.encoder.head", folder.resolve("none.safetensors").toString());
    values.put("trainer.tokenizer", "classpath:/none.json");
    values.put("cluster.client-properties", folder.resolve("none.properties").toString());
    assertThat(
            problems(Map.of("cluster.registry-properties", folder.resolve("no.login").toString())))
        .containsExactly("settings file " + folder.resolve("no.login") + " does not exist");

    assertThat(problems(values))
        .containsExactlyInAnyOrder(
            "teacher.encoder.head = '" + folder.resolve("none.safetensors") + "': no such file",
            "trainer.tokenizer = 'classpath:/none.json': no such resource",
            "settings file " + folder.resolve("none.properties") + " does not exist");
  }

  @Test
  void shouldNameWhatIsInTheWayOfTheDataFolder() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    for (Path wanted : List.of(file, file.resolve("data"))) {
      assertThat(problems(Map.of("data.folder", wanted.toString())))
          .containsExactly("data.folder = '" + wanted + "': " + file + " is not a folder");
    }
  }

  @Test
  void shouldAskForFilesOfAFreshStartOnlyWhereThereCanBeNoCheckpoint() throws Exception {
    Map<String, String> values = Map.of("trainer.encoder", folder.resolve("none.onnx").toString());

    assertThat(problems(values))
        .containsExactly("trainer.encoder = '" + folder.resolve("none.onnx") + "': no such file");
    Files.createDirectories(folder.resolve("data"));
    assertThat(problems(values)).isEmpty();
  }

  @Test
  void shouldCompareTheLabelsOfTeacherAndStudent() throws Exception {
    String head = otherHead().toString();
    Map<String, String> values = Map.of("trainer.labels", head);

    assertThat(problems(values))
        .singleElement()
        .asString()
        .contains(
            "the teacher 'all-minilm-l6-v2' has the 24 labels", "expects the 2 labels yes, no");
    assertThat(problems(Map.of("trainer.labels", head, "teacher.encoder.head", head))).isEmpty();
    assertThat(ServicePlan.of(EnumSet.of(ServiceKind.TRAINER), settings(values)).factories())
        .hasSize(1);
  }

  @Test
  void shouldLetAStudentWhoseLabelsAreNamedWaitForATeacherOfAnotherProcess() {
    assertThat(problems(Map.of("trainer.label-names", "yes, no"))).isEmpty();
  }

  private Path otherHead() throws IOException {
    Path file = folder.resolve("other.safetensors");
    HeadFile.write(
        new ClassifierHead(
            new LabelSpace(List.of("yes", "no")),
            new DenseLayer(new float[] {1, 2}, new float[] {1}),
            new DenseLayer(new float[] {1, 2}, new float[] {1, 2}),
            Map.of(HeadFile.ENCODER_SHA256, "abc")),
        file);
    return file;
  }

  @Test
  void shouldRefuseAShapeThatCannotBeBuilt() {
    assertThat(problems(Map.of("trainer.heads", "7"))).hasSize(1);
  }

  @Test
  void shouldRefuseTargetsThatTheTeacherDoesNotPublish() {
    Map<String, String> values = new HashMap<>();
    values.put("trainer.teacher-embedding.weight", "0.1");
    values.put("teacher.publish", "sampled");
    values.put("trainer.divergence", "reverse-kl");

    assertThat(problems(values))
        .containsExactlyInAnyOrder(
            "trainer.teacher-embedding.weight = 0.1 needs teacher.publish-embeddings = true",
            "teacher.publish = sampled needs trainer.divergence = forward-kl: draws estimate no"
                + " other");
  }

  @Test
  void shouldRefuseAnythingButDistributionsOfSeveralTeachers() {
    assertThat(problems(Map.of("teacher.publish", "top-k", "joiner.expected-teachers", "2")))
        .containsExactly(
            "joiner.expected-teachers = 2 needs teacher.publish = dense: of several teachers only"
                + " whole distributions can be combined");
  }

  @Test
  void shouldLetAnotherTeacherGiveTheEmbedding() {
    Map<String, String> values = new HashMap<>();
    values.put("trainer.teacher-embedding.weight", "0.1");
    values.put("joiner.expected-teachers", "2");

    assertThat(problems(values)).isEmpty();
  }

  private List<String> problems(Map<String, String> values) {
    Settings settings = settings(values);
    InvalidSettingsException refusal =
        catchThrowableOfType(InvalidSettingsException.class, () -> ServicePlan.embedded(settings));
    return refusal == null ? List.of() : refusal.problems();
  }

  private Settings settings(Map<String, String> values) {
    Map<String, String> all = new HashMap<>(values);
    all.putIfAbsent("data.folder", folder.resolve("data").toString());
    return Settings.load(AllSettings.list(), all);
  }
}
