package io.distillstream.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Optional;

/**
 * Where a model file lies: a file path, or {@code classpath:} followed by the absolute name of a
 * resource.
 */
public record ModelLocation(String text) {
  private static final String CLASS_PATH = "classpath:";

  public ModelLocation {
    if (text.trim().isEmpty()
        || (text.startsWith(CLASS_PATH) && text.charAt(nameStart(text)) != '/')) {
      throw new IllegalArgumentException(
          String.format(
              "Expected a file path or classpath:/ and a resource name, got \"%s\"", text));
    }
  }

  private static int nameStart(String text) {
    return Math.min(CLASS_PATH.length(), text.length() - 1);
  }

  /** The path, for readers that take no stream; empty for a resource. */
  public Optional<Path> path() {
    return text.startsWith(CLASS_PATH) ? Optional.empty() : Optional.of(Paths.get(text));
  }

  /**
   * Opens the file; the caller closes the stream.
   *
   * @throws NoSuchFileException if there is none
   */
  public InputStream open() throws IOException {
    Optional<Path> path = path();
    if (path.isPresent()) {
      return Files.newInputStream(path.get());
    }
    InputStream resource =
        ModelLocation.class.getResourceAsStream(text.substring(CLASS_PATH.length()));
    if (resource == null) {
      throw new NoSuchFileException(text, null, "not on the class path");
    }
    return resource;
  }

  @Override
  public String toString() {
    return text;
  }
}
