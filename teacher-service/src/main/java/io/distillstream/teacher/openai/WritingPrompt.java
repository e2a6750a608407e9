package io.distillstream.teacher.openai;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a model is asked to write texts by: {@code {label}} stands for the label that the texts are
 * to have, {@code {labels}} for all of them, {@code {count}} for how many are wanted and {@code
 * {words}} for some words of a vocabulary, which make the same prompt another one.
 */
public record WritingPrompt(String template) {

  /** Asks for plain texts, a line each. */
  public static final WritingPrompt STANDARD =
      new WritingPrompt(
          "Write {count} different short texts that a classifier with the labels {labels} would"
              + " label \"{label}\". Vary subject, length and style; these words may help: {words}."
              + " Write one text a line and nothing else, without numbers or quotation marks.");

  private static final String LABEL = "{label}";
  private static final Pattern PLACE = Pattern.compile("\\{(label|labels|count|words)\\}");

  /**
   * @throws IllegalArgumentException if there is no place for the label
   */
  public WritingPrompt {
    if (!template.contains(LABEL)) {
      throw new IllegalArgumentException(
          "the prompt has no " + LABEL + " where the label of the texts is to go");
    }
  }

  /** The prompt for texts of one label. */
  String fill(String label, List<String> labels, int count, List<String> words) {
    Map<String, String> values =
        Map.of(
            "label", label,
            "labels", String.join(", ", labels),
            "count", Integer.toString(count),
            "words", String.join(", ", words));
    return PLACE
        .matcher(template)
        .replaceAll(
            place -> Matcher.quoteReplacement(Objects.requireNonNull(values.get(place.group(1)))));
  }
}
