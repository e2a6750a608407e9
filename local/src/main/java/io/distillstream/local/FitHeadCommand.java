package io.distillstream.local;

import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.local.settings.SettingsOptions;
import io.distillstream.local.terminal.LogFile;
import io.distillstream.local.terminal.Terminal;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.fit.FitSettings;
import io.distillstream.teacher.fit.FittedHead;
import io.distillstream.teacher.fit.HeadFitting;
import io.distillstream.teacher.kind.EncoderClassifier;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Fits a classifier head on labelled text. */
@Command(
    name = "fit-head",
    mixinStandardHelpOptions = true,
    description = {
      "Fit a classifier head for the teacher's encoder on labelled text: any number of classes.",
      "Then run the pipeline with --set teacher.encoder.head=FILE --set trainer.labels=FILE."
    })
final class FitHeadCommand implements Callable<Integer> {

  @Option(
      names = "--labelled",
      required = true,
      paramLabel = "FILE",
      description = "CSV (text,label) or JSONL ({\"text\":…, \"label\":…}).")
  private Path labelled;

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "The head.")
  private Path out;

  @Mixin private SettingsOptions settings = new SettingsOptions();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  FitHeadCommand() {}

  @Override
  public Integer call() {
    PrintWriter terminal = spec.commandLine().getOut();
    Settings all = settings.load();
    FitSettings plan = FitSettings.standard().withEncoder(EncoderClassifier.encoder(all));
    LogFile.during(
        () -> {
          FittedHead head =
              HeadFitting.fit(plan, labelled, out, line -> Terminal.print(terminal, line));
          Terminal.print(terminal, head.toString());
        },
        ClusterSettings.from(all).dataFolder(),
        "fit-head",
        spec.commandLine().getErr()::println);
    return 0;
  }
}
