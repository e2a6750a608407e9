package io.distillstream.teacher.openai.call;

import io.distillstream.teacher.TeacherException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a server knows its caller by; perhaps none. It is never written anywhere. */
public final class ApiKey {

  public static final ApiKey NONE = new ApiKey("");

  private final String text;

  private ApiKey(String text) {
    this.text = text;
  }

  /**
   * A key as it is sent.
   *
   * @throws TeacherException if it could not be sent in a header
   */
  public static ApiKey of(String text) {
    if (!text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new TeacherException(
          "The API key holds blanks or characters that no HTTP header can carry");
    }
    return new ApiKey(text);
  }

  /**
   * The key in a file, without blanks around it.
   *
   * @throws TeacherException if there is none
   */
  public static ApiKey read(Path file) {
    String text;
    try {
      text = Files.readString(file).strip();
    } catch (IOException e) {
      throw new TeacherException("The API key's file %s cannot be read: %s".formatted(file, e), e);
    }
    if (text.isEmpty()) {
      throw new TeacherException("The API key's file %s is empty".formatted(file));
    }
    return of(text);
  }

  boolean isEmpty() {
    return text.isEmpty();
  }

  String text() {
    return text;
  }

  @Override
  public String toString() {
    return text.isEmpty() ? "(none)" : "(secret)";
  }
}
