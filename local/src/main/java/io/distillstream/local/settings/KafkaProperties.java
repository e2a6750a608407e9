package io.distillstream.local.settings;

import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;

/**
 * A file of properties for clients of Kafka or of the schema registry, whose values may stand
 * elsewhere: <code>${env:NAME}</code>, <code>${file:PATH:KEY}</code> and <code>${dir:FOLDER:FILE}
 * </code> by Kafka's own config providers, and others where the file names them by {@code
 * config.providers}. They are replaced here, once, so that every client sees the same values.
 */
final class KafkaProperties {

  private static final String PROVIDERS = "config.providers";

  private static final Map<String, String> BUILT_IN =
      Map.of(
          "env", EnvVarConfigProvider.class.getName(),
          "file", FileConfigProvider.class.getName(),
          "dir", DirectoryConfigProvider.class.getName());

  private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^}:]+):[^}]*}");

  private KafkaProperties() {}

  /**
   * The properties of the file that a setting names; none where it names none.
   *
   * @throws InvalidSettingsException if the file cannot be read, or if something that it refers to
   *     is not there
   */
  static Map<String, String> of(Setting<String> setting, Settings settings) {
    String file = settings.get(setting);
    return file.isEmpty() ? Map.of() : read(setting.key() + " = '" + file + "'", Path.of(file));
  }

  private static Map<String, String> read(String origin, Path file) {
    Map<String, String> given = new HashMap<>(Settings.readFile(file));
    if (given.values().stream().noneMatch(value -> REFERENCE.matcher(value).find())) {
      return given;
    }
    for (Map.Entry<String, String> provider : BUILT_IN.entrySet()) {
      if (given.putIfAbsent(PROVIDERS + "." + provider.getKey() + ".class", provider.getValue())
          == null) {
        given.merge(PROVIDERS, provider.getKey(), (all, one) -> all + "," + one);
      }
    }
    Map<String, String> resolved = new TreeMap<>();
    try {
      new AbstractConfig(new ConfigDef(), given, false)
          .originals()
          .forEach((key, value) -> resolved.put(key, String.valueOf(value)));
    } catch (KafkaException e) {
      throw new InvalidSettingsException(List.of(origin + ": " + e.getMessage()));
    }
    // A client would load them again, for values that are no references any more.
    resolved.keySet().removeIf(key -> key.equals(PROVIDERS) || key.startsWith(PROVIDERS + "."));
    requireResolved(origin, given, resolved);
    return resolved;
  }

  /** Kafka leaves a reference to nothing as it is, and a client would log in with it. */
  private static void requireResolved(
      String origin, Map<String, String> given, Map<String, String> resolved) {
    List<String> problems = new ArrayList<>();
    given.forEach(
        (key, value) -> {
          Matcher references = REFERENCE.matcher(value);
          while (references.find()) {
            if (resolved.getOrDefault(key, "").contains(references.group())) {
              problems.add(
                  "%s: %s refers to %s, which is not there; accepted are ${env:VARIABLE},"
                          .formatted(origin, key, references.group())
                      + " ${file:PATH:KEY} of a properties file and ${dir:FOLDER:FILE}");
            }
          }
        });
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
  }
}
