package io.distillstream.local.deployment.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.local.ForeignProgram;
import io.distillstream.local.deployment.YamlFile;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The objects that Helm makes of the chart with some values. */
record Rendering(Path folder, List<Object> objects) {

  static final String NAMESPACE = "pipelines";

  /** Of each file of {@link Helm#VALUES}, by its name. Skips the test where there is no Helm. */
  static Map<String, Rendering> all(Path folder) throws Exception {
    Helm.require();
    Map<String, Rendering> all = new HashMap<>();
    for (String values : Helm.VALUES) {
      all.put(values, of(values, "one", Files.createDirectory(folder.resolve(values))));
    }
    return all;
  }

  /**
   * Renders the chart.
   *
   * @param values name of a file of values
   * @param folder an empty one, for the objects
   */
  static Rendering of(String values, String release, Path folder) throws Exception {
    ForeignProgram.Result result =
        Helm.run(
            List.of("template", release),
            values,
            List.of("--namespace=" + NAMESPACE, "--output-dir=" + folder));
    assertThat(result.exitCode()).as(result.output()).isZero();
    List<Object> objects = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        new Yaml(new SafeConstructor(new LoaderOptions()))
            .loadAll(Files.readString(file))
            .forEach(
                object -> {
                  if (object != null) {
                    objects.add(object);
                  }
                });
      }
    }
    return new Rendering(folder, List.copyOf(objects));
  }

  /** All objects of a kind. */
  List<Object> all(String kind) {
    return objects.stream().filter(object -> YamlFile.at(object, "kind").equals(kind)).toList();
  }

  /** The StatefulSets, by the stage that their command names. */
  Map<String, Object> stages() {
    Map<String, Object> stages = new HashMap<>();
    for (Object workload : all("StatefulSet")) {
      List<?> arguments = YamlFile.list(container(workload), "args");
      assertThat(arguments.get(0)).isEqualTo("run");
      stages.put((String) arguments.get(1), workload);
    }
    return stages;
  }

  /** The specifications of all pods, those of StatefulSets and single ones. */
  List<Object> pods() {
    return Stream.concat(
            all("StatefulSet").stream().map(one -> YamlFile.at(one, "spec", "template", "spec")),
            all("Pod").stream().map(one -> YamlFile.at(one, "spec")))
        .toList();
  }

  /** What the pods' settings file says. */
  Map<String, String> settings() throws IOException {
    List<Object> files =
        all("ConfigMap").stream()
            .filter(map -> YamlFile.map(map, "data").containsKey("distillstream.properties"))
            .toList();
    assertThat(files).hasSize(1);
    Properties properties = new Properties();
    properties.load(
        new StringReader((String) YamlFile.at(files.get(0), "data", "distillstream.properties")));
    Map<String, String> settings = new HashMap<>();
    properties.forEach((key, value) -> settings.put((String) key, (String) value));
    return settings;
  }

  static String name(Object object) {
    return (String) YamlFile.at(object, "metadata", "name");
  }

  /** The one container of a workload's pods. */
  static Object container(Object workload) {
    List<?> containers = YamlFile.list(workload, "spec", "template", "spec", "containers");
    assertThat(containers).hasSize(1);
    return containers.get(0);
  }
}
