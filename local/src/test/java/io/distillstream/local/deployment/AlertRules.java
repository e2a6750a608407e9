package io.distillstream.local.deployment;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The rules of the repository's Prometheus. */
public final class AlertRules {

  public static final String FOLDER = "deploy/prometheus/";
  public static final List<String> KINDS = List.of("recording", "alerting");

  private AlertRules() {}

  /** The rules of one file. */
  static List<Object> rules(String kind) throws IOException {
    List<Object> rules = new ArrayList<>();
    for (Object group : YamlFile.list(YamlFile.read(FOLDER + kind + ".rules.yml"), "groups")) {
      rules.addAll(YamlFile.list(group, "rules"));
    }
    return rules;
  }
}
