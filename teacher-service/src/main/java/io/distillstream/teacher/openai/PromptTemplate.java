package io.distillstream.teacher.openai;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a model is asked, with a place for the text and, if need be, one for the labels' words. What
 * a text holds is never taken for a place.
 */
public record PromptTemplate(String template) {

  private static final String TEXT = "{text}";
  private static final String LABELS = "{labels}";
  private static final Pattern PLACE = Pattern.compile("\\{(text|labels)\\}");

  /**
   * @throws IllegalArgumentException if there is no place for the text
   */
  public PromptTemplate {
    if (!template.contains(TEXT)) {
      throw new IllegalArgumentException("the prompt has no " + TEXT + " where the text is to go");
    }
  }

  /** The prompt for one text. */
  String fill(String text, List<String> words) {
    return PLACE
        .matcher(template)
        .replaceAll(
            place ->
                Matcher.quoteReplacement(
                    place.group().equals(LABELS) ? String.join(", ", words) : text));
  }
}
