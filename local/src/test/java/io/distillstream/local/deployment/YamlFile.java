package io.distillstream.local.deployment;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.Tag;

/** YAML files of the repository as maps and lists, with anchors and merges resolved. */
public final class YamlFile {

  private YamlFile() {}

  /** Reads a file by its path in the repository. */
  public static Object read(String path) throws IOException {
    return requireNonNull(
        new Yaml(new Overriding()).load(Files.readString(Path.of("..").resolve(path))));
  }

  /** What lies below these keys. */
  public static Object at(Object node, String... keys) {
    Object found = node;
    for (String key : keys) {
      found = requireNonNull(((Map<?, ?>) found).get(key), key);
    }
    return found;
  }

  @SuppressWarnings("unchecked") // YAML's keys are texts here.
  public static Map<String, Object> map(Object node, String... keys) {
    return (Map<String, Object>) at(node, keys);
  }

  public static List<?> list(Object node, String... keys) {
    return (List<?>) at(node, keys);
  }

  /** Knows the tag by which a Compose file replaces a list of another one. */
  private static final class Overriding extends SafeConstructor {
    Overriding() {
      super(new LoaderOptions());
      yamlConstructors.put(new Tag("!override"), new ConstructYamlSeq());
    }
  }
}
