package io.distillstream.local.labels;

import io.distillstream.local.labels.log.LabelPublisher;
import io.distillstream.local.labels.log.LabelSpaces;
import io.distillstream.local.labels.log.Workplace;
import io.distillstream.local.settings.SettingsOptions;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.local.terminal.Terminal;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.TransactionalIds;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Labels from a file. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Publish the labels of a Parquet or JSONL file, as 'labels export' writes it, in the pipeline",
      "of the settings. Needed in a row are text, teacher_id, and labels with logits or",
      "probabilities. A label that the log has is not published again, so an import that was",
      "interrupted is started again and goes on. Students learn requests that had no label before."
    })
final class ImportCommand implements Callable<Integer> {

  private static final int BAD_ROWS_TOLD = 20;

  @Parameters(paramLabel = "FILE", description = "Ends in .parquet, .jsonl or .ndjson.")
  private Path file = Path.of("");

  @Mixin private SettingsOptions options = new SettingsOptions();

  @Spec private CommandSpec spec;

  private int told;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  ImportCommand() {}

  @Override
  public Integer call() throws Exception {
    LabelFile format = LabelFile.of(file);
    if (!Files.isReadable(file)) {
      throw new CommandFailedException(file + " is not there, or may not be read");
    }
    Workplace.with(options, spec.commandLine().getErr()::println, place -> run(place, format));
    return told == 0 ? 0 : 1;
  }

  private void run(Workplace place, LabelFile format) throws IOException {
    ClusterConnection cluster = place.cluster().connection();
    LabelSpaces spaces = LabelSpaces.of(place.settings());
    try (Admin admin = Admin.create(cluster.adminProperties())) {
      TopicInstaller.install(admin, place.labels().wire(), place.cluster().pipeline());
    }
    try (LabelPublisher publisher =
        LabelPublisher.open(cluster, TransactionalIds.labelImport(place.cluster().pipeline()))) {
      print(new Import(place, spaces.students(), publisher).run(file, format, this::complain));
    }
  }

  private void complain(String bad) {
    told++;
    if (told <= BAD_ROWS_TOLD) {
      spec.commandLine().getErr().println(file + ", " + bad);
    } else if (told == BAD_ROWS_TOLD + 1) {
      spec.commandLine().getErr().println("further malformed rows are counted alone");
    }
  }

  private void print(Import.Counts counts) {
    PrintWriter out = spec.commandLine().getOut();
    line("rows", counts.rows());
    line("labels of new requests", counts.first());
    line("labels of labelled requests", counts.later());
    if (counts.truthsLeftOut() > 0) {
      line("their truths, left out", counts.truthsLeftOut());
    }
    line("in the log already", counts.known());
    if (counts.bad() > 0) {
      line("no labels, left out", counts.bad());
    }
    if (!counts.unused().isEmpty()) {
      Terminal.print(out, "not used: " + String.join(", ", counts.unused()));
    }
  }

  private void line(String what, long count) {
    Terminal.print(
        spec.commandLine().getOut(), String.format(Locale.ROOT, "%-28s %,12d", what, count));
  }
}
