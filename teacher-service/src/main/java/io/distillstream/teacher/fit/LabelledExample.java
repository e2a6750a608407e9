package io.distillstream.teacher.fit;

/** A text and the name of its class, both non-blank. */
public record LabelledExample(String text, String label) {
  public LabelledExample {
    if (text.isBlank() || label.isBlank()) {
      throw new IllegalArgumentException(
          text.isBlank() ? "the text is empty" : "the label is empty");
    }
  }
}
