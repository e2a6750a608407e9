package io.distillstream.local.labels;

import com.google.errorprone.annotations.FormatMethod;
import io.distillstream.avro.SoftLabel;
import io.distillstream.local.labels.log.KnownLabels;
import io.distillstream.local.labels.log.LabelKeys;
import io.distillstream.local.labels.log.LabelPublisher;
import io.distillstream.local.labels.log.Workplace;
import io.distillstream.local.labels.spill.HashPartitions;
import io.distillstream.local.settings.SettingsOptions;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.local.terminal.Shutdown;
import io.distillstream.local.terminal.Terminal;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.publish.TrafficRecords;
import io.distillstream.teacher.relabel.Relabelling;
import io.distillstream.teacher.traffic.TeacherSettings;
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.TransactionalIds;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Texts of the log to another teacher. */
@Command(
    name = "relabel",
    mixinStandardHelpOptions = true,
    description = {
      "Have the teacher of the settings label the texts that the log holds, under its own version,",
      "on the topic <pipeline>.relabels. No student learns from that topic: export the labels to",
      "compare teachers, or import them in another pipeline for a new student. A text that this",
      "version has labelled is passed over, so what was interrupted is started again and goes on."
    })
final class RelabelCommand implements Callable<Integer> {

  @Mixin private TimeRange range = new TimeRange();

  @Mixin private SettingsOptions options = new SettingsOptions();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  RelabelCommand() {}

  @Override
  public Integer call() throws Exception {
    // A teacher that computes in the process ends its batch before the process ends.
    Shutdown shutdown = Shutdown.onSignal();
    try {
      Workplace.with(
          options, spec.commandLine().getErr()::println, place -> relabel(place, shutdown));
    } finally {
      shutdown.done();
    }
    return 0;
  }

  private void relabel(Workplace place, Shutdown shutdown) throws Exception {
    place.labels().requireThere();
    try (Admin admin = Admin.create(place.cluster().connection().adminProperties())) {
      TopicInstaller.install(admin, place.labels().wire(), place.cluster().pipeline());
    }
    TeacherSettings settings = TeacherSettings.from(place.settings());
    try (Teacher teacher = settings.openTeacher();
        LabelPublisher publisher =
            LabelPublisher.open(
                place.cluster().connection(),
                TransactionalIds.relabelling(
                    place.cluster().pipeline(), teacher.id(), teacher.version()))) {
      tell("teacher %s, version %s", teacher.id(), teacher.version());
      Progress progress =
          new Progress(
              publisher, line -> Terminal.print(spec.commandLine().getOut(), line), shutdown);
      Relabelling relabelling =
          new Relabelling(
              teacher,
              new TrafficRecords(
                  place.cluster().pipeline(), place.labels().wire(), settings.publication()),
              settings.bounds().window(),
              settings.bounds().batch(),
              settings.maxTextBytes(),
              progress);
      long known = relabel(place, teacher, relabelling, shutdown);
      tell(
          "labelled %,d texts; %,d had a label of this version already",
          progress.labelled(), known);
      progress.leftOut().ifPresent(line -> Terminal.print(spec.commandLine().getOut(), line));
    }
  }

  /** Labels what the version has not; answers how many texts it has. */
  private long relabel(Workplace place, Teacher teacher, Relabelling relabelling, Shutdown shutdown)
      throws IOException, InterruptedException {
    Instant from = range.from();
    int parts = HashPartitions.parts(place.labels().atMost(from));
    String own = LabelKeys.version(teacher.id(), teacher.version());
    try (HashPartitions texts = new HashPartitions(place.temporary(), "texts", parts);
        KnownLabels logged = new KnownLabels(place, parts)) {
      place
          .labels()
          .labels(
              from,
              label -> {
                requireUnasked(shutdown);
                if (LabelKeys.version(label.label()).equals(own)) {
                  logged.add(label);
                }
                if (!label.relabelled() && wanted(label.label())) {
                  texts.add(label.label().getRequestId(), label.value());
                }
              });
      long[] known = {0};
      for (int part = 0; part < parts; part++) {
        KnownLabels.Part before = logged.part(part);
        Set<String> asked = new HashSet<>();
        texts.read(
            part,
            (id, value) -> {
              requireUnasked(shutdown);
              if (!asked.add(id)) {
                return;
              }
              if (before.has(id, own)) {
                known[0]++;
              } else {
                ask(place.labels().decode(value, false), value, relabelling);
              }
            });
      }
      relabelling.flush();
      return known[0];
    }
  }

  /** Ends the command where it has been asked to stop. */
  static void requireUnasked(Shutdown shutdown) {
    if (shutdown.asked()) {
      throw new CommandFailedException("stopped; started again, it goes on");
    }
  }

  private static void ask(SoftLabel label, byte[] value, Relabelling relabelling)
      throws IOException {
    try {
      String text = String.valueOf(label.getInput().getText());
      relabelling.add(label.getRequestId(), text, label.getReceivedAt(), value);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while the teacher was away", e);
    }
  }

  private boolean wanted(SoftLabel label) {
    return label.getAugmentation() == null
        && label.getInput().getText() != null
        && range.holds(label.getReceivedAt());
  }

  @FormatMethod
  private void tell(String format, Object... values) {
    Terminal.print(spec.commandLine().getOut(), String.format(Locale.ROOT, format, values));
  }
}
