package io.distillstream.acceptance.access;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Looks for passwords and tokens in whatever was written. */
public final class SecretSearch {

  private final List<String> secrets;
  private final List<String> found = new ArrayList<>();

  public SecretSearch(List<String> secrets) {
    this.secrets = secrets;
  }

  /** Looks in a text, such as what a command printed or a server answered. */
  public void text(String origin, String text) {
    secrets.stream().filter(text::contains).forEach(secret -> found.add(secret + " in " + origin));
  }

  /** Looks in every file of a folder. */
  public void folder(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        text(file.toString(), Files.readString(file, ISO_8859_1));
      }
    }
  }

  public List<String> found() {
    return List.copyOf(found);
  }
}
