package io.distillstream.local.deployment.chart;

import io.distillstream.local.ForeignProgram;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Helm and kubeconform, which {@code .ci/run} builds, and the schemas that it lays beside them. */
final class Helm {

  static final String CHART = "deploy/helm/distillstream/";

  /** The values that the chart is tried with. */
  static final List<String> VALUES = List.of("minimal", "secured", "everything");

  /**
   * The oldest release of Kubernetes that the chart takes, and the newest one with schemas here.
   */
  static final List<String> RELEASES = List.of("1.30.0", "1.37.0");

  private static final Path FOLDER = Path.of("..", CHART);
  private static final String HELM = program("HELM", "helm");
  private static final String KUBECONFORM = program("KUBECONFORM", "kubeconform");

  /** Folders of JSON schemas, one a release of Kubernetes, and {@code custom} for others' kinds. */
  private static final String SCHEMAS =
      Optional.ofNullable(System.getenv("KUBERNETES_SCHEMAS")).orElse("");

  private Helm() {}

  /** Skips the test, and says so, where there is none. */
  static void require() throws Exception {
    ForeignProgram.require("helm", "HELM names it", HELM, "version", "--short");
  }

  /** Skips the test, and says so, where one of these is missing. */
  static void requireKubeconform() throws Exception {
    ForeignProgram.require("kubeconform", "KUBECONFORM names it", KUBECONFORM, "-v");
    ForeignProgram.require(
        "the folder of Kubernetes' schemas",
        "KUBERNETES_SCHEMAS names it",
        "test",
        "-d",
        SCHEMAS.isEmpty() ? "/nonexistent" : SCHEMAS);
  }

  /** Runs {@code helm COMMAND} with a file of values of the chart's folder {@code ci}. */
  static ForeignProgram.Result run(List<String> command, String values, List<String> options)
      throws Exception {
    List<String> words = new ArrayList<>(List.of(HELM));
    words.addAll(command);
    words.add(FOLDER.toString());
    words.add("--values=" + FOLDER.resolve("ci").resolve(values + "-values.yaml"));
    words.add("--kube-version=" + RELEASES.get(0));
    words.addAll(options);
    return ForeignProgram.run(words);
  }

  /**
   * Holds all files of a folder to the schemas of a release of Kubernetes, unknown fields and all.
   */
  static ForeignProgram.Result check(Path rendered, String release) throws Exception {
    return ForeignProgram.run(
        List.of(
            KUBECONFORM,
            "-strict",
            "-summary",
            "-kubernetes-version=" + release,
            "-schema-location="
                + SCHEMAS
                + "/{{ .NormalizedKubernetesVersion }}/{{ .ResourceKind }}{{ .KindSuffix }}.json",
            "-schema-location=" + SCHEMAS + "/custom/{{ .ResourceKind }}{{ .KindSuffix }}.json",
            rendered.toString()));
  }

  private static String program(String variable, String otherwise) {
    return Optional.ofNullable(System.getenv(variable)).orElse(otherwise);
  }
}
