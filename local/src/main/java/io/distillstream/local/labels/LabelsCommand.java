package io.distillstream.local.labels;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The log of soft labels: counted, exported, imported, and labelled again. */
@Command(
    name = "labels",
    mixinStandardHelpOptions = true,
    description = {
      "Count, export and import the soft labels of a pipeline, and have another teacher label the",
      "same texts. Works on the topics, whether the pipeline runs or not."
    },
    footer = {
      "",
      "Examples:",
      "  ./distillstream labels stats",
      "  ./distillstream labels export labels.parquet --from 7d",
      "  ./distillstream labels relabel --from 2026-01-31 --config new-teacher.properties",
      "  ./distillstream labels import labels.parquet -s pipeline.name=second"
    },
    subcommands = {
      StatsCommand.class,
      ExportCommand.class,
      ImportCommand.class,
      RelabelCommand.class
    })
public final class LabelsCommand implements Runnable {

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  LabelsCommand() {}

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "What? stats, export, import or relabel; --help says more");
  }
}
