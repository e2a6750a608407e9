package io.distillstream.local.wordnet;

import io.distillstream.foundation.Sha256;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The distinct noun glosses of WordNet 3.1, each with the lexicographer file it stands in, a label
 * given by humans: {@code animal}, {@code artifact}, {@code feeling} and so on. Labels with fewer
 * than 300 glosses are left out.
 *
 * <p>The glosses are sorted by the SHA-256 of their text, an order that depends on nothing else.
 * The first 3,000 are held out and never become traffic; the next 12,000 are the labelled ones a
 * head is fitted on.
 *
 * @see <a href="https://wordnet.princeton.edu/documentation/wndb5wn">wndb(5WN), the file format</a>
 */
public final class WordNetGlosses {
  static final int HELD_OUT = 3_000;
  static final int LABELLED = 12_000;

  private static final String RESOURCE = "/net/sf/extjwnl/data/wordnet/wn31/data.noun";
  private static final int MIN_GLOSSES_PER_LABEL = 300;
  private static final String GLOSS_MARK = " | ";

  /** Names of the noun files by their number in the data, from lexnames(5WN): 03 is Tops. */
  private static final int FIRST_NOUN_FILE = 3;

  private static final List<String> NOUN_FILES =
      List.of(
          "Tops",
          "act",
          "animal",
          "artifact",
          "attribute",
          "body",
          "cognition",
          "communication",
          "event",
          "feeling",
          "food",
          "group",
          "location",
          "motive",
          "object",
          "person",
          "phenomenon",
          "plant",
          "possession",
          "process",
          "quantity",
          "relation",
          "shape",
          "state",
          "substance",
          "time");

  private final List<LabelledText> glosses;

  private WordNetGlosses(List<LabelledText> glosses) {
    this.glosses = glosses;
  }

  /**
   * Reads the glosses; about a second.
   *
   * @throws IllegalStateException if WordNet's data is not on the class path
   */
  public static WordNetGlosses load() {
    try (InputStream in = WordNetGlosses.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is not on the class path");
      }
      return new WordNetGlosses(sorted(frequent(read(in))));
    } catch (IOException e) {
      throw new UncheckedIOException(RESOURCE + " cannot be read", e);
    }
  }

  /** 3,000 glosses that no model may learn from. */
  public List<LabelledText> heldOut() {
    return glosses.subList(0, HELD_OUT);
  }

  /** 12,000 glosses for fitting a head. */
  public List<LabelledText> labelled() {
    return glosses.subList(HELD_OUT, HELD_OUT + LABELLED);
  }

  /** All further glosses: no head has seen them. */
  public List<LabelledText> unlabelled() {
    return glosses.subList(HELD_OUT + LABELLED, glosses.size());
  }

  /** All glosses but the held-out ones: those no head has seen come first. */
  public List<LabelledText> traffic() {
    return Stream.concat(unlabelled().stream(), labelled().stream()).toList();
  }

  /** Label by gloss, in file order. The six glosses that stand in two files count for the first. */
  private static Map<String, String> read(InputStream in) {
    Map<String, String> labels = new LinkedHashMap<>();
    new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
        .lines()
        .filter(line -> !line.startsWith("  "))
        .forEach(
            line -> {
              String gloss = line.substring(line.indexOf(GLOSS_MARK) + GLOSS_MARK.length()).strip();
              labels.putIfAbsent(gloss, label(line));
            });
    return labels;
  }

  /** A line starts with the synset's offset and the two digits of its lexicographer file. */
  private static String label(String line) {
    int number = line.indexOf(' ') + 1;
    int file = Integer.parseInt(line, number, number + 2, 10);
    return NOUN_FILES.get(file - FIRST_NOUN_FILE);
  }

  private static Stream<LabelledText> frequent(Map<String, String> labels) {
    Map<String, Long> counts =
        labels.values().stream()
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    return labels.entrySet().stream()
        .filter(entry -> counts.getOrDefault(entry.getValue(), 0L) >= MIN_GLOSSES_PER_LABEL)
        .map(entry -> new LabelledText(entry.getKey(), entry.getValue()));
  }

  private static List<LabelledText> sorted(Stream<LabelledText> glosses) {
    Map<LabelledText, String> digests = new HashMap<>();
    glosses.forEach(
        gloss -> digests.put(gloss, Sha256.hex(gloss.text().getBytes(StandardCharsets.UTF_8))));
    return digests.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.naturalOrder()))
        .map(Map.Entry::getKey)
        .toList();
  }
}
