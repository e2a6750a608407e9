package io.distillstream.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * A JSON object as one that describes a text. Fields that have nothing to do with that are passed
 * over.
 *
 * @param file for messages
 * @param line of the object, counted from 1
 * @param fields of the object
 */
public record TextObject(String file, long line, JsonNode fields) {

  /** Whether it has a text at all. */
  public boolean hasText() {
    return fields.hasNonNull(LabelledTexts.TEXT);
  }

  /**
   * The label, which may be a whole number.
   *
   * @throws TextFileException if it is anything else but a string
   */
  public Optional<String> label() {
    JsonNode label = fields.path(LabelledTexts.LABEL);
    return LabelledText.label(
        label.isIntegralNumber()
            ? Optional.of(label.asText())
            : string(LabelledTexts.LABEL, " or a whole number"));
  }

  /**
   * The text with its label.
   *
   * @throws TextFileException if there is no text, or a field is of another kind
   */
  public LabelledText labelled() {
    return LabelledText.of(
        file, line, string(LabelledTexts.TEXT, ""), label(), string(LabelledTexts.REQUEST_ID, ""));
  }

  private Optional<String> string(String field, String otherKinds) {
    JsonNode value = fields.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      throw new TextFileException(
          file, line, "'%s' is not a string%s".formatted(field, otherKinds), null);
    }
    return Optional.of(value.textValue());
  }
}
