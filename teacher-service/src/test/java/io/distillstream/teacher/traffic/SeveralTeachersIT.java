package io.distillstream.teacher.traffic;

import static io.distillstream.teacher.traffic.TestedPipeline.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.DenseLogits;
import io.distillstream.avro.TeacherOpinion;
import io.distillstream.avro.TopKLogits;
import io.distillstream.avro.TrainingExample;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.joiner.JoinerService;
import io.distillstream.joiner.JoinerSettings;
import io.distillstream.model.LabelSpace;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.TeacherAnswer;
import io.distillstream.teacher.http.TeacherClient;
import io.distillstream.teacher.publish.Publication;
import io.distillstream.teacher.queue.LengthTeacher;
import io.distillstream.wire.UndecodableRecordException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Two teachers of different forms and groups, and the joiner, on a real broker. */
@Timeout(120)
@ExtendWith(SharedCluster.class)
class SeveralTeachersIT {
  private static final int TEXTS = 60;

  @TempDir static Path folder;
  private final EmbeddedCluster cluster;

  SeveralTeachersIT(EmbeddedCluster cluster) {
    this.cluster = cluster;
  }

  /** Says the same whatever it is asked. */
  private static final class StubbornTeacher implements Teacher {
    @Override
    public String id() {
      return "stubborn";
    }

    @Override
    public String version() {
      return "ba9876543210";
    }

    @Override
    public LabelSpace labels() {
      return LengthTeacher.LABELS;
    }

    @Override
    public List<TeacherAnswer> answers(List<String> texts) {
      return texts.stream().map(text -> TeacherAnswer.of(new float[] {1, -1})).toList();
    }

    @Override
    public void close() {}
  }

  private static JoinerSettings settings() {
    return JoinerSettings.from(
        Settings.load(
            JoinerSettings.all(),
            Map.of(
                "joiner.expected-teachers", "2",
                "joiner.teacher-wait", "1m",
                "joiner.ground-truth-wait", "200ms",
                "joiner.weights", "accuracy")));
  }

  @Test
  void shouldWeighTeachersByTruthAndGoOnDoingSoAfterARestart() throws Exception {
    try (TestedPipeline traffic = new TestedPipeline(cluster, folder);
        ServiceContext elsewhere = traffic.newContext("second");
        TeacherService first = traffic.service(1024);
        TeacherService second =
            new TeacherService(
                TestedPipeline.settings(
                    1024, 0, new Publication(Publication.Form.TOP_K, 1, 1, false), "second"),
                elsewhere,
                StubbornTeacher::new)) {
      first.start();
      second.start();
      TeacherClient client = new TeacherClient(first.port());
      try (JoinerService joiner = joiner(traffic.context)) {
        joiner.start();
        ask(client, "a", TEXTS);
        traffic.send("logged", "one two three");
        await().atMost(PATIENCE).until(() -> traffic.examples().size() == TEXTS + 1);
        HttpResponse<String> late =
            client.post("/v1/ground-truth", "{\"request_id\": \"logged\", \"label\": \"odd\"}");
        assertThat(late.statusCode()).as(late.body()).isLessThan(300);
        await().atMost(PATIENCE).until(() -> traffic.examples().size() == TEXTS + 2);
      }
      assertEveryRequestHasBothOpinions(traffic);
      assertOneCorrection(traffic);

      try (ServiceContext again = traffic.newContext();
          JoinerService joiner = joiner(again)) {
        joiner.start();
        ask(client, "b", 12);
        await().atMost(PATIENCE).until(() -> traffic.examples().size() == TEXTS + 14);
      }
      // A joiner that had forgotten would have let them count alike in the first ones.
      assertThat(traffic.examples())
          .filteredOn(example -> example.getRequestId().startsWith("b"))
          .hasSize(12)
          .allSatisfy(example -> assertThat(weight(example, "length")).isGreaterThan(0.6));
    }
  }

  private static JoinerService joiner(ServiceContext context) {
    return new JoinerService(settings(), () -> LengthTeacher.LABELS, context);
  }

  /** Texts of one and two words in turn, with their truth. */
  private static void ask(TeacherClient client, String prefix, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      HttpResponse<String> response =
          client.post(
              "/v1/predict",
              "{\"text\": \"%s\", \"request_id\": \"%s-%d\", \"ground_truth\": \"%s\"}"
                  .formatted(
                      i % 2 == 0 ? "one" : "one two", prefix, i, i % 2 == 0 ? "odd" : "even"));
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }
  }

  private static void assertEveryRequestHasBothOpinions(TestedPipeline traffic)
      throws UndecodableRecordException {
    assertThat(traffic.examples())
        .allSatisfy(
            example -> {
              List<TeacherOpinion> teachers = example.getTeachers();
              assertThat(teachers)
                  .extracting(TeacherOpinion::getTeacherId)
                  .containsExactly("length", "stubborn");
              assertThat(teachers.get(0).getDistribution()).isInstanceOf(DenseLogits.class);
              assertThat(teachers.get(1).getDistribution()).isInstanceOf(TopKLogits.class);
              assertThat(example.getDisagreement()).isPositive();
            });
    assertThat(traffic.examples())
        .filteredOn(example -> !example.getCorrection())
        .extracting(TrainingExample::getRequestId)
        .doesNotHaveDuplicates()
        .contains("logged")
        .containsAll(IntStream.range(0, TEXTS).mapToObj(i -> "a-" + i).toList());
  }

  private static void assertOneCorrection(TestedPipeline traffic)
      throws UndecodableRecordException {
    assertThat(traffic.examples())
        .filteredOn(TrainingExample::getCorrection)
        .singleElement()
        .satisfies(
            correction -> {
              assertThat(correction.getRequestId()).isEqualTo("logged");
              assertThat(correction.getGroundTruth()).isEqualTo("odd");
            });
  }

  private static double weight(TrainingExample example, String teacherId) {
    return example.getTeachers().stream()
        .filter(opinion -> opinion.getTeacherId().equals(teacherId))
        .mapToDouble(opinion -> Objects.requireNonNull(opinion.getWeight()))
        .sum();
  }
}
