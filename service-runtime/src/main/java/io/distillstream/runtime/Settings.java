package io.distillstream.runtime;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;

/**
 * The checked values of a set of settings. Immutable.
 *
 * <p>Later sources win: defaults, then the file, then the environment, then the command line.
 */
public final class Settings {

  static final String ENVIRONMENT_PREFIX = "DISTILLSTREAM_";

  /** Environment variables of the launcher, the log and commands, which are no settings. */
  private static final List<String> RESERVED =
      List.of("DISTILLSTREAM_JAVA_OPTS", "DISTILLSTREAM_LOG_LEVEL", "DISTILLSTREAM_API_KEY");

  private final Map<String, Object> values;
  private final Map<String, Setting<?>> known;

  private Settings(Map<String, Setting<?>> known, Map<String, Object> values) {
    this.known = known;
    this.values = values;
  }

  /** Checks values from one source. */
  public static Settings load(List<Setting<?>> known, Map<String, String> values) {
    return load(known, Map.of(), Map.of(), values);
  }

  /**
   * Merges and checks all sources.
   *
   * @param environment all variables; those without the prefix are ignored
   * @throws InvalidSettingsException with every unknown key and every illegal value of all sources
   */
  public static Settings load(
      List<Setting<?>> known,
      Map<String, String> file,
      Map<String, String> environment,
      Map<String, String> commandLine) {
    Map<String, Setting<?>> byKey = new TreeMap<>();
    Map<String, String> byVariable = new HashMap<>();
    for (Setting<?> setting : known) {
      Setting<?> twin = byKey.put(setting.key(), setting);
      if (twin != null && !twin.equals(setting)) {
        throw new IllegalArgumentException("Setting " + setting.key() + " is declared twice");
      }
      byVariable.put(setting.environmentVariable(), setting.key());
    }
    List<String> problems = new ArrayList<>();
    Map<String, String> merged = new HashMap<>();
    Map<String, String> origin = new HashMap<>();
    merge(byKey, file, "the settings file", merged, origin, problems);
    mergeEnvironment(byVariable, environment, merged, origin, problems);
    merge(byKey, commandLine, "the command line", merged, origin, problems);
    Map<String, Object> values = new HashMap<>();
    for (Setting<?> setting : byKey.values()) {
      parse(setting, merged, origin, values, problems);
    }
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
    return new Settings(byKey, values);
  }

  /**
   * Reads a properties file in UTF-8.
   *
   * @throws InvalidSettingsException if it does not exist or cannot be read
   */
  public static Map<String, String> readFile(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (NoSuchFileException e) {
      throw new InvalidSettingsException(List.of("settings file " + file + " does not exist"));
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidSettingsException(
          List.of("settings file " + file + " cannot be read: " + e.getMessage()));
    }
    Map<String, String> values = new HashMap<>();
    for (String key : properties.stringPropertyNames()) {
      values.put(key, properties.getProperty(key).strip());
    }
    return values;
  }

  /** The value of a setting that was among the known ones. */
  @SuppressWarnings("unchecked")
  public <T> T get(Setting<T> setting) {
    if (!setting.equals(known.get(setting.key()))) {
      throw new IllegalArgumentException("Setting " + setting.key() + " was not loaded");
    }
    return (T) Objects.requireNonNull(values.get(setting.key()));
  }

  private static void merge(
      Map<String, Setting<?>> byKey,
      Map<String, String> source,
      String sourceName,
      Map<String, String> merged,
      Map<String, String> origin,
      List<String> problems) {
    for (Map.Entry<String, String> entry : new TreeMap<>(source).entrySet()) {
      if (byKey.containsKey(entry.getKey())) {
        merged.put(entry.getKey(), entry.getValue());
        origin.put(entry.getKey(), sourceName);
      } else {
        problems.add(
            "unknown setting '"
                + entry.getKey()
                + "' in "
                + sourceName
                + nearest(entry.getKey(), byKey));
      }
    }
  }

  private static void mergeEnvironment(
      Map<String, String> byVariable,
      Map<String, String> environment,
      Map<String, String> merged,
      Map<String, String> origin,
      List<String> problems) {
    for (Map.Entry<String, String> entry : new TreeMap<>(environment).entrySet()) {
      String variable = entry.getKey();
      if (!variable.startsWith(ENVIRONMENT_PREFIX) || RESERVED.contains(variable)) {
        continue;
      }
      String key = byVariable.get(variable);
      if (key == null) {
        problems.add("environment variable " + variable + " is no setting");
      } else {
        merged.put(key, entry.getValue());
        origin.put(key, "the environment");
      }
    }
  }

  private static void parse(
      Setting<?> setting,
      Map<String, String> merged,
      Map<String, String> origin,
      Map<String, Object> values,
      List<String> problems) {
    String text = merged.getOrDefault(setting.key(), setting.defaultText());
    try {
      values.put(setting.key(), setting.parser().apply(text.strip()));
    } catch (IllegalArgumentException e) {
      problems.add(
          "%s = %s in %s: expected %s"
              .formatted(
                  setting.key(),
                  setting.secret() ? "(secret)" : "'" + text + "'",
                  origin.getOrDefault(setting.key(), "the defaults"),
                  e.getMessage()));
    }
  }

  private static String nearest(String key, Map<String, Setting<?>> byKey) {
    String last = key.substring(key.lastIndexOf('.') + 1);
    return byKey.keySet().stream()
        .filter(other -> EditDistance.between(key, other) <= 3 || other.endsWith("." + last))
        .min(java.util.Comparator.comparingInt(other -> EditDistance.between(key, other)))
        .map(other -> "; did you mean " + other + "?")
        .orElse("");
  }
}
