package io.distillstream.local.settings;

import io.distillstream.runtime.DocumentedDefaults;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the commented defaults file. */
@Command(
    name = "settings",
    mixinStandardHelpOptions = true,
    description = {
      "Print every setting with its default, what it accepts and what it is for.",
      "Save it, uncomment what you change, and pass it with --config."
    })
public final class SettingsCommand implements Runnable {

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  SettingsCommand() {}

  @Override
  public void run() {
    spec.commandLine().getOut().print(DocumentedDefaults.of(AllSettings.list()));
    spec.commandLine().getOut().flush();
  }
}
