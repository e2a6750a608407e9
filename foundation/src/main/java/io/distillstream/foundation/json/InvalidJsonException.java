package io.distillstream.foundation.json;

/** A text is not JSON, or not the JSON that was expected. The message names the field. */
public final class InvalidJsonException extends IllegalArgumentException {

  private static final long serialVersionUID = 1;

  private final String field;

  /**
   * @param field where it is, such as {@code probes[2].text}; empty for the document as a whole
   */
  public InvalidJsonException(String field, String message) {
    super(message);
    this.field = field;
  }

  InvalidJsonException(String message, Throwable cause) {
    super(message, cause);
    this.field = "";
  }

  /** The field at fault, such as {@code probes[2].text}; empty for the document as a whole. */
  public String field() {
    return field;
  }
}
