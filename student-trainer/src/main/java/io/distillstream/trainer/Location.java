package io.distillstream.trainer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A file, or a resource of the class path.
 *
 * @param text a path, or {@code classpath:/} and a resource's full name
 */
record Location(String text) {
  private static final String CLASSPATH = "classpath:/";

  /**
   * Opens it; the caller closes the stream.
   *
   * @throws NoSuchFileException if it does not exist
   */
  InputStream open() throws IOException {
    if (!text.startsWith(CLASSPATH)) {
      return Files.newInputStream(Path.of(text));
    }
    String resource = text.substring(CLASSPATH.length());
    InputStream in = Location.class.getClassLoader().getResourceAsStream(resource);
    if (in == null) {
      throw new NoSuchFileException(text, null, "not on the class path");
    }
    return in;
  }

  @Override
  public String toString() {
    return text;
  }
}
