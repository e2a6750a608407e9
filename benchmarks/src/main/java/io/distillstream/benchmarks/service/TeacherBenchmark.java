package io.distillstream.benchmarks.service;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.distillstream.benchmarks.measure.Comparison;
import io.distillstream.benchmarks.measure.Quantiles;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.local.wordnet.Gloss;
import io.distillstream.local.wordnet.WordNetGlosses;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.SortedBatches;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.traffic.TeacherService;
import io.distillstream.teacher.traffic.TeacherSettings;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Texts per second through the teacher service, over HTTP into the log, beside a plain loop over
 * the same model, texts and threads. The clients run in the same process and share its processors.
 */
@Command(
    name = "teacher",
    mixinStandardHelpOptions = true,
    description = "The teacher service over HTTP beside a plain loop over the same model.")
public final class TeacherBenchmark implements Callable<Integer> {

  private static final int TEXTS_PER_CALL = 16;
  private static final int BATCH = 32;

  @Option(names = "--texts", description = "Per run (default: ${DEFAULT-VALUE}).")
  private int count = 1_024;

  @Option(names = "--rounds", description = "That count (default: ${DEFAULT-VALUE}).")
  private int rounds = 5;

  @Option(
      names = "--callers",
      description = "That send 16 texts a call, all at once (default: ${DEFAULT-VALUE}).")
  private int callers = 40;

  @Option(
      names = "--look-ahead",
      description =
          "Let the plain loop sort so many texts at a time by length; 0: batches in order of arrival"
              + " (default: teacher.window, which the service sorts).")
  private @Nullable Integer lookAhead;

  @Option(
      names = "--single",
      description = "Single texts, one after the other, over HTTP and by a direct call instead.")
  private boolean single;

  @Option(
      names = "--set",
      description = "A setting of the service, such as teacher.http.max-wait=10ms.")
  private Map<String, String> chosen = new HashMap<>();

  @Spec private CommandSpec spec;

  /** Does not offer to go over to HTTP/2 with each request, as the client does by default. */
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  TeacherBenchmark() {}

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    List<Gloss> traffic = WordNetGlosses.load().traffic();
    if (count < TEXTS_PER_CALL || count > traffic.size()) {
      throw new ParameterException(
          spec.commandLine(),
          "--texts takes %d to %d, not %d".formatted(TEXTS_PER_CALL, traffic.size(), count));
    }
    List<String> texts = traffic.subList(0, count).stream().map(Gloss::text).toList();
    // Every text is to be answered, however long that takes.
    Map<String, String> values =
        new HashMap<>(
            Map.of(
                "teacher.http.port", "0",
                "teacher.http.max-expected-wait", "1m",
                "teacher.http.answer-within", "1m"));
    values.putAll(chosen);
    TeacherSettings settings = TeacherSettings.from(Settings.load(TeacherSettings.all(), values));
    try (BenchmarkCluster cluster = new BenchmarkCluster();
        ServiceContext context = cluster.context("teacher");
        Teacher teacher = settings.openTeacher();
        TeacherService service =
            new TeacherService(settings, context, () -> new SharedTeacher(teacher))) {
      service.start();
      URI predict = URI.create("http://127.0.0.1:" + service.port() + "/v1/predict");
      // Until it knows how fast its teacher is, the service takes no more than a batch.
      post(predict, texts.subList(0, TEXTS_PER_CALL), true);
      if (single) {
        printSingle(out, predict, teacher, texts);
        return 0;
      }
      int sorted = lookAhead == null ? settings.bounds().window() : lookAhead;
      new Comparison("texts", texts.size())
          .print(
              out,
              rounds,
              "service",
              () -> throughService(predict, texts),
              "loop",
              () -> plainLoop(teacher, texts, sorted));
    }
    return 0;
  }

  private static double plainLoop(Teacher teacher, List<String> texts, int sorted) {
    long start = System.nanoTime();
    int part = Math.max(BATCH, sorted);
    for (int i = 0; i < texts.size(); i += part) {
      SortedBatches.logits(teacher, texts.subList(i, Math.min(texts.size(), i + part)), BATCH);
    }
    return (System.nanoTime() - start) / 1e9;
  }

  /** The first round does not count. */
  private void printSingle(PrintWriter out, URI predict, Teacher teacher, List<String> texts)
      throws Exception {
    for (int round = 0; round <= rounds; round++) {
      List<Double> recorded = new ArrayList<>();
      List<Double> answered = new ArrayList<>();
      List<Double> direct = new ArrayList<>();
      for (String text : texts) {
        recorded.add(millis(() -> post(predict, List.of(text), true)));
        answered.add(millis(() -> post(predict, List.of(text), false)));
        direct.add(millis(() -> teacher.answers(List.of(text)).size()));
      }
      out.printf(
          Locale.ROOT,
          "%-10s one text, median ms: recorded %.2f, answered alone %.2f, direct call %.2f%n",
          round == 0 ? "warm-up" : "round " + round,
          median(recorded),
          median(answered),
          median(direct));
      out.flush();
    }
  }

  private static double median(List<Double> values) {
    return Quantiles.median(values.stream().mapToDouble(Double::doubleValue));
  }

  private static double millis(Callable<Integer> work) throws Exception {
    long start = System.nanoTime();
    work.call();
    return (System.nanoTime() - start) / 1e6;
  }

  private double throughService(URI predict, List<String> texts) throws Exception {
    ExecutorService calling = Executors.newFixedThreadPool(callers);
    try {
      long start = System.nanoTime();
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < texts.size(); i += TEXTS_PER_CALL) {
        List<String> call = texts.subList(i, Math.min(texts.size(), i + TEXTS_PER_CALL));
        answers.add(calling.submit(() -> post(predict, call, true)));
      }
      for (Future<Integer> answer : answers) {
        if (answer.get() != 200) {
          throw new CommandFailedException(
              "The teacher answered %d to one of %d callers; see whether it takes fewer (--callers)"
                  .formatted(answer.get(), callers));
        }
      }
      return (System.nanoTime() - start) / 1e9;
    } finally {
      calling.shutdownNow();
    }
  }

  private int post(URI predict, List<String> texts, boolean recorded) throws Exception {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("record", recorded);
    texts.forEach(body.putArray("texts")::add);
    return client
        .send(
            HttpRequest.newBuilder(predict)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }
}
