package io.distillstream.local;

import static java.util.Objects.requireNonNull;

import io.distillstream.local.access.AclsCommand;
import io.distillstream.local.access.TopicsCommand;
import io.distillstream.local.checkpoints.CheckpointsCommand;
import io.distillstream.local.completions.CompletionsCommand;
import io.distillstream.local.evaluate.EvaluateCommand;
import io.distillstream.local.feed.FeedCommand;
import io.distillstream.local.keys.KeysCommand;
import io.distillstream.local.labels.LabelsCommand;
import io.distillstream.local.probe.ProbeCommand;
import io.distillstream.local.quantize.QuantizeCommand;
import io.distillstream.local.settings.SettingsCommand;
import io.distillstream.local.synthesize.SynthesizeCommand;
import io.distillstream.local.terminal.LogFile;
import io.distillstream.local.wordnet.GlossesCommand;
import java.io.PrintWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The command line. Exit codes: 0 done, 1 failed with one clear line, 2 wrong usage or settings, 3
 * no room on the disk.
 */
@Command(
    name = "distillstream",
    mixinStandardHelpOptions = true,
    version = "Distillstream 0.1.0",
    header = "Turns live traffic into small models on devices, continuously.",
    footer = {
      "",
      "Begin with:   ./distillstream local --demo",
      "Settings:     ./distillstream settings   prints every key with its default",
      "Also:         ./distillstream bench      benchmarks with their peers",
      "              ./distillstream chaos      faults in a running pipeline, and an audit",
    },
    subcommands = {
      LocalCommand.class,
      FeedCommand.class,
      SynthesizeCommand.class,
      DeviceCommand.class,
      StatusCommand.class,
      EvaluateCommand.class,
      ProbeCommand.class,
      CheckpointsCommand.class,
      CompletionsCommand.class,
      LabelsCommand.class,
      KeysCommand.class,
      AclsCommand.class,
      TopicsCommand.class,
      ServicesCommand.class,
      FitHeadCommand.class,
      GlossesCommand.class,
      VocabularyCommand.class,
      QuantizeCommand.class,
      SettingsCommand.class,
      MemoryCommand.class,
      HelpCommand.class,
    })
public final class Distillstream implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Distillstream.class);

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  private Distillstream() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }

  /** Ends the process with the command's exit code. */
  public static void main(String[] arguments) {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, thrown) -> log.error("Thread {} ended", thread.getName(), thrown));
    LogFile.takePlatformLogs();
    System.exit(run(arguments));
  }

  static int run(String... arguments) {
    return commandLine().execute(arguments);
  }

  public static CommandLine commandLine() {
    CommandLine commands = commandLine(new Distillstream());
    // The launcher asks it with the arguments of the command that it is to start.
    requireNonNull(commands.getSubcommands().get("memory")).setUnmatchedArgumentsAllowed(true);
    return commands;
  }

  /** A command whose failures are told in a clear line, with the exit codes of this one. */
  public static CommandLine commandLine(Object command) {
    return new CommandLine(command)
        .setExecutionExceptionHandler(Distillstream::report)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpWidth(96);
  }

  private static int report(
      Exception thrown, CommandLine command, CommandLine.ParseResult arguments) {
    PrintWriter err = command.getErr();
    ClearLine line = ClearLine.of(thrown);
    line.lines().forEach(err::println);
    if (!line.expected()) {
      thrown.printStackTrace(err);
    }
    err.flush();
    return line.exitCode();
  }
}
