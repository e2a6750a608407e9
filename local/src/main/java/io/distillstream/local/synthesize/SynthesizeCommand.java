package io.distillstream.local.synthesize;

import com.google.errorprone.annotations.FormatMethod;
import io.distillstream.avro.Augmentation;
import io.distillstream.avro.AugmentationKind;
import io.distillstream.local.evaluate.answer.RunningTeacher;
import io.distillstream.local.feed.LogFeed;
import io.distillstream.local.feed.Pace;
import io.distillstream.local.feed.TrafficItem;
import io.distillstream.local.feed.TrafficSender;
import io.distillstream.local.server.ServerOptions;
import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.local.settings.SettingsOptions;
import io.distillstream.local.synthesize.text.Candidate;
import io.distillstream.local.synthesize.text.TextSource;
import io.distillstream.local.synthesize.text.WrittenTexts;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.local.terminal.LogFile;
import io.distillstream.local.terminal.Shutdown;
import io.distillstream.local.terminal.Terminal;
import io.distillstream.model.LabelSpace;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.traffic.TeacherSettings;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.trainer.start.StudentStart;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Sends made-up texts to a pipeline that has no traffic yet. */
@Command(
    name = "synthesize",
    mixinStandardHelpOptions = true,
    description = {
      "Make up texts for a pipeline that has a teacher and no traffic yet, and send them, or those on",
      "which the student disagrees with the teacher. They are marked synthetic: students learn from",
      "them, and no figure about live traffic counts them. Started again, a run goes on where it was;",
      "it ends once the student learns from live traffic."
    },
    footer = {
      "",
      "Examples:",
      "  ./distillstream synthesize --count 20000",
      "  ./distillstream synthesize --by language-model -s teacher.openai.url=http://127.0.0.1:8000 \\",
      "      -s teacher.openai.model=my-model -s teacher.openai.tokens-per-minute=60000"
    })
public final class SynthesizeCommand implements Callable<Integer> {

  /** How long a teacher that is there may have no answer, be it to a text or for a moment. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final int TEXTS_PER_SEND = 16;

  @Option(names = "--count", description = "Texts of the run in all (default: ${DEFAULT-VALUE}).")
  private long count = 4_000;

  @Option(
      names = "--rate",
      paramLabel = "PER_SECOND",
      description = "Texts sent per second, at most (default: ${DEFAULT-VALUE}).")
  private double rate = 50;

  @Mixin private SourceOptions source = new SourceOptions();

  @Option(
      names = "--candidates",
      paramLabel = "TEXTS",
      description =
          "Texts that may be sent for each that is, once there is a student; 1: all are sent"
              + " (default: ${DEFAULT-VALUE}).")
  private int candidates = 1;

  @Option(
      names = "--disagreement",
      paramLabel = "SHARE",
      description =
          "Share of the texts that are those of the candidates on which the student disagrees most;"
              + " the others are drawn (default: ${DEFAULT-VALUE}).")
  private double disagreement = 0.5;

  @Option(
      names = "--round",
      paramLabel = "TEXTS",
      description = "Texts sent before the student is looked at again (default: ${DEFAULT-VALUE}).")
  private int round = 256;

  @Option(names = "--url", description = "The teacher's address (default: ${DEFAULT-VALUE}).")
  private String url = "http://127.0.0.1:8080";

  @Option(
      names = "--unasked",
      description =
          "Ask no teacher before: any texts are sent, neither steered nor chosen. For teachers that"
              + " read the request log alone.")
  private boolean unasked;

  @Option(
      names = "--beside-traffic",
      description = "Go on where the student learns from live traffic.")
  private boolean besideTraffic;

  @Mixin private ServerOptions server = new ServerOptions();

  @Mixin private SettingsOptions options = new SettingsOptions();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  SynthesizeCommand() {}

  @Override
  public Integer call() throws Exception {
    check();
    Settings settings = options.load();
    ClusterSettings cluster = ClusterSettings.from(settings);
    source.check(settings);
    ClusterSettings.requireReachable(cluster.connection());
    Shutdown shutdown = Shutdown.onSignal();
    try {
      LogFile.during(
          () -> synthesize(settings, cluster, shutdown),
          cluster.dataFolder(),
          "synthesize",
          spec.commandLine().getErr()::println);
    } finally {
      shutdown.done();
    }
    return shutdown.exitCode();
  }

  private void check() {
    require(count >= 1, "--count %s: expected 1 or more", count);
    require(rate > 0, "--rate %s: expected more than 0", rate);
    require(
        candidates >= 1 && candidates <= 1_000, "--candidates %s: expected 1 to 1000", candidates);
    require(round >= 1 && round <= 100_000, "--round %s: expected 1 to 100000", round);
    require(
        disagreement >= 0 && disagreement <= 1,
        "--disagreement %s: expected a share from 0 to 1",
        disagreement);
  }

  private static void require(boolean holds, String expected, Object actual) {
    if (!holds) {
      throw new CommandFailedException(String.format(Locale.ROOT, expected, actual));
    }
  }

  private void synthesize(Settings settings, ClusterSettings cluster, Shutdown shutdown)
      throws Exception {
    TrainerSettings trainer = TrainerSettings.from(settings);
    LoggedRun before = LoggedRun.read(cluster, source.run());
    if (!before.ids().isEmpty()) {
      tell("run %s goes on after %,d texts", source.run(), before.ids().size());
    }
    AtomicLong version = new AtomicLong();
    AskedTeacher teacher = teacher();
    LabelSpace labels =
        teacher == null ? new StudentStart(trainer.student()).labels() : teacher.labels();
    try (LatestStudent student = new LatestStudent(cluster, trainer.model());
        TextSource texts = texts(settings, labels, before);
        LogFeed feed =
            new LogFeed(
                cluster.connection(),
                cluster.pipeline(),
                () -> Optional.of(mark(trainer.model(), version.get())))) {
      TrafficSender sender =
          new TrafficSender(feed, new Pace(rate, System::nanoTime), TEXTS_PER_SEND);
      Synthesis synthesis =
          new Synthesis(
              plan(),
              texts,
              teacher,
              student,
              (chosen, by) -> {
                version.set(by);
                return sender.send(items(chosen), () -> !shutdown.asked());
              },
              this::tell,
              before);
      Synthesis.End end = synthesis.run(() -> !shutdown.asked());
      tell("%,d texts sent: %s", synthesis.sent(), reason(end));
      if (teacher != null && teacher.refused() > 0) {
        tell("%,d texts were left out: the teacher has no answer to them", teacher.refused());
      }
    }
  }

  private @Nullable AskedTeacher teacher() throws InterruptedException {
    return unasked
        ? null
        : new AskedTeacher(
            RunningTeacher.connect(
                url, server.access(), PATIENCE, "--url names another, --unasked does without"));
  }

  @SuppressWarnings("MustBeClosedChecker") // Handed on.
  private TextSource texts(Settings settings, LabelSpace labels, LoggedRun before) {
    return switch (source.by()) {
      case VOCABULARY -> source.vocabularyTexts(settings, !unasked, before.next());
      case LANGUAGE_MODEL ->
          WrittenTexts.open(
              source.writing(settings),
              labels,
              source.words(settings),
              TeacherSettings.from(settings).maxTextBytes(),
              source.start(before.next()));
    };
  }

  private SynthesisPlan plan() {
    return new SynthesisPlan(source.run(), count, round, candidates, disagreement, besideTraffic);
  }

  private Augmentation mark(String model, long version) {
    return new Augmentation(AugmentationKind.SYNTHETIC, source.run(), model, version);
  }

  private Iterator<TrafficItem> items(List<Candidate> chosen) {
    return chosen.stream()
        .map(
            candidate ->
                new TrafficItem(
                    LoggedRun.id(source.run(), candidate.number()),
                    candidate.text(),
                    Optional.empty()))
        .iterator();
  }

  private void tell(Synthesis.Round round) {
    tell(
        "sent %,d of %,d texts, asked the teacher about %,d%s",
        round.sent(),
        count,
        round.asked(),
        round.version() == 0
            ? ""
            : "; chosen by version %d of the student".formatted(round.version()));
  }

  private String reason(Synthesis.End end) {
    return switch (end) {
      case SENT -> "the run is whole";
      case NO_MORE_TEXTS -> "there are no further texts; another --seed makes others";
      case TRAFFIC ->
          "the student learns from live traffic now; --beside-traffic goes on all the same";
      case STOPPED -> "stopped; started again, the run goes on";
    };
  }

  @FormatMethod
  private void tell(String format, Object... values) {
    Terminal.print(spec.commandLine().getOut(), String.format(Locale.ROOT, format, values));
  }
}
