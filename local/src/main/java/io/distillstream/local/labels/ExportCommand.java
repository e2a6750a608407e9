package io.distillstream.local.labels;

import static java.util.Objects.requireNonNull;

import io.distillstream.avro.SoftLabel;
import io.distillstream.local.labels.log.LabelSpaces;
import io.distillstream.local.labels.log.Workplace;
import io.distillstream.local.labels.row.RowFile;
import io.distillstream.local.settings.SettingsOptions;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.local.terminal.Terminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Labels into a file. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = {
      "Write the labels that the log holds, with text and known truth, to a Parquet or JSONL file.",
      "Reads to the present end of the log. The names of classes come from trainer.labels,",
      "trainer.label-names or the teacher of the settings. Any number of labels takes the same",
      "memory; temporary files as large as the labels are in the data folder meanwhile."
    })
final class ExportCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "FILE",
      description = "Ends in .parquet, .jsonl or .ndjson; one that is there is not replaced.")
  private Path file = Path.of("");

  @Mixin private TimeRange range = new TimeRange();

  @Option(
      names = "--teacher",
      paramLabel = "ID",
      description = "Labels of this teacher alone, of all its versions.")
  private @Nullable String teacher;

  @Option(
      names = "--teacher-version",
      paramLabel = "VERSION",
      description = "Labels of this version alone.")
  private @Nullable String version;

  @Mixin private SettingsOptions options = new SettingsOptions();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  ExportCommand() {}

  @Override
  public Integer call() throws Exception {
    LabelFile format = LabelFile.of(file);
    if (Files.exists(file)) {
      throw new CommandFailedException(file + " exists already, and is not replaced");
    }
    if (!Files.isDirectory(requireNonNull(file.toAbsolutePath().getParent()))) {
      throw new CommandFailedException(file + ": there is no such folder");
    }
    Workplace.with(options, spec.commandLine().getErr()::println, place -> export(place, format));
    return 0;
  }

  private void export(Workplace place, LabelFile format) throws IOException {
    place.labels().requireThere();
    Export export = new Export(place, LabelSpaces.of(place.settings()));
    Path unfinished = file.resolveSibling(file.getFileName() + ".part");
    try {
      try (RowFile rows = format.create(unfinished)) {
        export.run(range.from(), this::wanted, rows);
      }
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
    }
    PrintWriter out = spec.commandLine().getOut();
    Terminal.print(
        out,
        String.format(
            Locale.ROOT, "%,d labels in %s, %,d bytes", export.rows(), file, Files.size(file)));
    export
        .leftOut()
        .forEach(
            (reason, count) ->
                Terminal.print(out, String.format(Locale.ROOT, "left out: %,d %s", count, reason)));
  }

  private boolean wanted(SoftLabel label) {
    return range.holds(label.getReceivedAt())
        && (teacher == null || teacher.equals(label.getTeacherId()))
        && (version == null || version.equals(label.getTeacherVersion()));
  }
}
