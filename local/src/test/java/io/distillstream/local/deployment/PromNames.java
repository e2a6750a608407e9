package io.distillstream.local.deployment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Names of metrics in expressions, and those that there are. */
final class PromNames {

  private static final Pattern NAME =
      Pattern.compile(
          "\\b(?:up(?=\\{)|job:[\\w:]+|(?:distillstream|jvm|process|system|kafka)_\\w+)\\b");
  private static final Pattern LISTED =
      Pattern.compile("(?m)^\\| `(\\w+)` \\| (?:counter|gauge|summary|histogram) \\|");

  private PromNames() {}

  /** Those that an expression reads, without the suffixes of a summary's or histogram's samples. */
  static Set<String> in(String expression) {
    return NAME.matcher(expression)
        .results()
        .map(name -> name.group().replaceAll("_(sum|count|bucket)$", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Those that a pipeline shows, by the page that lists them, and those that rules record. */
  static Set<String> known() throws IOException {
    Set<String> known = new TreeSet<>(Set.of("up"));
    LISTED
        .matcher(Files.readString(Path.of("..", "docs", "metrics.md")))
        .results()
        .forEach(row -> known.add(row.group(1)));
    for (Object rule : AlertRules.rules("recording")) {
      known.add((String) YamlFile.at(rule, "record"));
    }
    return known;
  }
}
