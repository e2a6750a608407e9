package io.distillstream.local.settings;

import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which every command takes settings. */
public final class SettingsOptions {

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "Settings file (key = value); see the command 'settings'.")
  private @Nullable Path file;

  @Option(
      names = {"-s", "--set"},
      paramLabel = "KEY=VALUE",
      description = "One setting; wins over the file and the environment. Repeatable.")
  private Map<String, String> commandLine = new HashMap<>();

  /**
   * All settings of all services, checked together; {@code shorthands} are the command's options.
   */
  public Settings load(Map<Setting<?>, String> shorthands) {
    Map<String, String> values = new HashMap<>();
    shorthands.forEach((setting, value) -> values.put(setting.key(), value));
    values.putAll(commandLine);
    return Settings.load(
        AllSettings.list(),
        file == null ? Map.of() : Settings.readFile(file),
        System.getenv(),
        values);
  }

  public Settings load() {
    return load(Map.of());
  }

  /** A key that was given on the command line and begins so. */
  public Optional<String> givenBelow(String prefix) {
    return commandLine.keySet().stream().filter(key -> key.startsWith(prefix)).sorted().findFirst();
  }

  /** Puts an option into a map of shorthands when the user gave it. */
  public static void shorthand(
      Map<Setting<?>, String> shorthands, Setting<?> setting, @Nullable Object value) {
    if (value != null) {
      shorthands.put(setting, value.toString());
    }
  }
}
