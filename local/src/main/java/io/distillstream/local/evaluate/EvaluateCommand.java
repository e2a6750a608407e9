package io.distillstream.local.evaluate;

import io.distillstream.device.DeviceSettings;
import io.distillstream.device.ProbeTolerance;
import io.distillstream.local.evaluate.answer.Answerer;
import io.distillstream.local.evaluate.answer.ChannelArtifact;
import io.distillstream.local.evaluate.answer.NewestStudent;
import io.distillstream.local.evaluate.answer.Role;
import io.distillstream.local.evaluate.answer.RunningTeacher;
import io.distillstream.local.evaluate.report.EvaluationHtml;
import io.distillstream.local.evaluate.report.EvaluationJson;
import io.distillstream.local.evaluate.report.EvaluationReport;
import io.distillstream.local.evaluate.report.EvaluationText;
import io.distillstream.local.server.ServerOptions;
import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.local.settings.SettingsOptions;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.local.terminal.LogFile;
import io.distillstream.local.terminal.TemporaryFolder;
import io.distillstream.local.terminal.Terminal;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.settings.TrainerSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Scores a pipeline's models on a labelled file, from which nothing learns. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description = {
      "Score teacher, newest student and a channel's artifact on a CSV or JSONL file with 'text'"
          + " and",
      "'label'. Nothing is recorded and nobody learns from it. Texts without a label count for the",
      "agreement with the teacher alone."
    },
    footer = {
      "",
      "Examples:",
      "  ./distillstream evaluate test.csv --html test.html",
      "  ./distillstream evaluate test.csv --only student,artifact --channel phones"
    })
public final class EvaluateCommand implements Callable<Integer> {

  private static final Duration PROGRESS = Duration.ofSeconds(5);

  @Parameters(paramLabel = "FILE", description = "Ends in .csv, .jsonl or .ndjson.")
  private Path file;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "MODEL",
      description = "teacher, student, artifact: the models to score (default: all three).")
  private Set<Role> only = EnumSet.allOf(Role.class);

  @Option(names = "--teacher-url", description = "The teacher (default: ${DEFAULT-VALUE}).")
  private String teacherUrl = "http://127.0.0.1:8080";

  @Option(names = "--model", paramLabel = "NAME", description = "Default: trainer.model.")
  private @Nullable String model;

  @Option(
      names = "--channel",
      description = "Whose newest artifact is scored (default: ${DEFAULT-VALUE}).")
  private String channel = "stable";

  @Option(
      names = "--tolerance",
      description =
          "Largest logit difference of the artifact to the quantizer's probes, as for 'device'"
              + " (default: ${DEFAULT-VALUE}).")
  private double tolerance;

  @Option(names = "--json", paramLabel = "FILE", description = "Write everything as JSON.")
  private @Nullable Path json;

  @Option(names = "--html", paramLabel = "FILE", description = "Write everything as one page.")
  private @Nullable Path html;

  @Mixin private ServerOptions server = new ServerOptions();

  @Mixin private SettingsOptions options = new SettingsOptions();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  EvaluateCommand() {}

  @Override
  public Integer call() throws Exception {
    Settings settings = options.load();
    ClusterSettings cluster = ClusterSettings.from(settings);
    String name = model == null ? TrainerSettings.from(settings).model() : model;
    LabelledFile labelled = LabelledFile.read(file);
    LogFile.during(
        () -> evaluate(labelled, cluster, name),
        cluster.dataFolder(),
        "evaluate",
        spec.commandLine().getErr()::println);
    return 0;
  }

  private void evaluate(LabelledFile labelled, ClusterSettings cluster, String name)
      throws IOException, InterruptedException {
    List<Answerer> answerers = new ArrayList<>();
    List<String> notes = new ArrayList<>(notes(labelled));
    try {
      open(cluster, name, answerers, notes);
      requireSomething(labelled, answerers, notes);
      write(new Evaluation(labelled, answerers).run(progress(labelled.texts().size()), notes));
    } finally {
      answerers.forEach(Answerer::close);
    }
  }

  private static List<String> notes(LabelledFile labelled) {
    List<String> notes = new ArrayList<>();
    if (!labelled.unused().isEmpty()) {
      notes.add("not used: " + String.join(", ", labelled.unused()) + "; text and label are");
    }
    if (labelled.labelled() == 0) {
      notes.add("no text has a label: only the agreement with the teacher is scored");
    }
    return notes;
  }

  /** Opens who is wanted and there, in the order of their roles. */
  private void open(
      ClusterSettings cluster, String name, List<Answerer> answerers, List<String> notes)
      throws IOException, InterruptedException {
    if (only.contains(Role.TEACHER)) {
      answerers.add(RunningTeacher.connect(teacherUrl, server.access()));
    }
    if (only.contains(Role.STUDENT) || only.contains(Role.ARTIFACT)) {
      ClusterSettings.requireReachable(cluster.connection());
    }
    if (only.contains(Role.STUDENT)) {
      NewestStudent.fetch(cluster, name)
          .ifPresentOrElse(
              answerers::add,
              () -> notes.add("student left out: %s has no checkpoint yet".formatted(name)));
    }
    if (only.contains(Role.ARTIFACT)) {
      artifact(cluster, name)
          .ifPresentOrElse(
              answerers::add,
              () ->
                  notes.add(
                      "artifact left out: nothing is published on %s/%s yet"
                          .formatted(name, channel)));
    }
  }

  private Optional<Answerer> artifact(ClusterSettings cluster, String name)
      throws IOException, InterruptedException {
    try (TemporaryFolder folder = TemporaryFolder.create()) {
      DeviceSettings device = ChannelArtifact.device(name, channel, folder);
      return ChannelArtifact.fetch(
          cluster,
          tolerance > 0 ? device.withProbeTolerance(ProbeTolerance.within(tolerance)) : device);
    }
  }

  private static void requireSomething(
      LabelledFile labelled, List<Answerer> answerers, List<String> notes) {
    if (answerers.isEmpty()) {
      throw new CommandFailedException("There is nothing to score: " + String.join("; ", notes));
    }
    boolean withTeacher = answerers.size() > 1 && answerers.get(0).role() == Role.TEACHER;
    if (labelled.labelled() == 0 && !withTeacher) {
      throw new CommandFailedException(
          "%s has no labels, and there is no model beside a teacher to compare with it%s"
              .formatted(labelled.name(), notes.isEmpty() ? "" : ": " + String.join("; ", notes)));
    }
  }

  private LongConsumer progress(int texts) {
    PrintWriter err = spec.commandLine().getErr();
    long[] next = {System.nanoTime() + PROGRESS.toNanos()};
    return done -> {
      if (System.nanoTime() - next[0] >= 0) {
        next[0] = System.nanoTime() + PROGRESS.toNanos();
        Terminal.print(err, String.format(Locale.ROOT, "%,d of %,d texts scored", done, texts));
      }
    };
  }

  private void write(EvaluationReport report) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    EvaluationText.of(report).forEach(out::println);
    out.flush();
    if (json != null) {
      write(json, EvaluationJson.of(report));
    }
    if (html != null) {
      write(html, EvaluationHtml.of(report));
    }
  }

  private static void write(Path file, String content) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.writeString(file, content);
  }
}
