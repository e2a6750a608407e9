package io.distillstream.local.deployment;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a {@code /metrics} shows in Prometheus' text format, without values.
 *
 * @param text as it came
 * @param metrics by their names, those of a summary's or histogram's samples without suffix
 */
record Exposition(String text, Map<String, Metric> metrics) {

  private static final Pattern META = Pattern.compile("# (HELP|TYPE) (\\S+) (.*)");
  private static final Pattern SAMPLE = Pattern.compile("(\\w+)(?:\\{(.*)\\})? \\S+");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"(?:[^\"\\\\]|\\\\.)*\",?");

  /**
   * @param labels their names
   */
  record Metric(String name, String type, Set<String> labels, String help) {}

  static Exposition scrape(URI server) throws Exception {
    return of(
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(server.resolve("/metrics")).build(), BodyHandlers.ofString())
            .body());
  }

  static Exposition of(String text) {
    Map<String, String> helps = new TreeMap<>();
    Map<String, String> types = new TreeMap<>();
    Map<String, Set<String>> labels = new TreeMap<>();
    for (String line : text.lines().toList()) {
      Matcher meta = META.matcher(line);
      Matcher sample = SAMPLE.matcher(line);
      if (meta.matches()) {
        (meta.group(1).equals("HELP") ? helps : types).put(meta.group(2), meta.group(3));
      } else if (sample.matches()) {
        Set<String> names =
            labels.computeIfAbsent(family(sample.group(1), types), n -> new TreeSet<>());
        if (sample.group(2) != null) {
          LABEL.matcher(sample.group(2)).results().forEach(label -> names.add(label.group(1)));
          // The bound of a histogram's bucket.
          names.remove("le");
        }
      } else {
        throw new IllegalArgumentException("No line of Prometheus' text format: " + line);
      }
    }
    Map<String, Metric> metrics = new TreeMap<>();
    types.forEach(
        (name, type) ->
            metrics.put(
                name,
                new Metric(
                    name,
                    type,
                    labels.getOrDefault(name, Set.of()),
                    helps.getOrDefault(name, ""))));
    return new Exposition(text, metrics);
  }

  private static String family(String sample, Map<String, String> types) {
    String stem = sample.replaceAll("_(sum|count|bucket)$", "");
    return types.containsKey(sample) ? sample : stem;
  }
}
