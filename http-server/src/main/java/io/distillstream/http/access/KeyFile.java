package io.distillstream.http.access;

import io.distillstream.foundation.InvalidFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file with API keys.
 *
 * @param setting that names it
 * @param form how keys stand in it
 */
public record KeyFile(String setting, Path path, Form form) {

  /** How keys stand in a file. */
  public enum Form {
    /**
     * A line each, {@code NAME:KEY} or {@code NAME:sha256:DIGEST}; blank lines and # for remarks.
     */
    NAMED,
    /** One key without a name, which is the whole file. */
    SINGLE
  }

  /** Whose the only key of a file is. */
  private static final String NAMELESS = "token";

  private static final Pattern LINE =
      Pattern.compile("([A-Za-z0-9][A-Za-z0-9._-]{0,63}):(?:sha256:([0-9a-fA-F]{64})|(.*))");

  /**
   * The keys that it has now. A file of named keys without any is legal, and lets nobody in.
   *
   * @throws InvalidFileException without any key in its message
   */
  List<ApiKey> read() throws InvalidFileException {
    String text;
    try {
      text = new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw InvalidFileException.unreadable(path, e);
    }
    return form == Form.SINGLE ? List.of(single(text.strip())) : named(text);
  }

  /**
   * Says whether it can be used.
   *
   * @throws InvalidFileException without any key in its message
   */
  public void check() throws InvalidFileException {
    List<ApiKey> unused = read();
  }

  private ApiKey single(String key) throws InvalidFileException {
    if (!ApiKey.isUsable(key)) {
      throw new InvalidFileException(
          path,
          "has no token: expected one line of at least %d visible ASCII characters"
              .formatted(ApiKey.SHORTEST));
    }
    return ApiKey.of(NAMELESS, key);
  }

  private List<ApiKey> named(String text) throws InvalidFileException {
    List<ApiKey> keys = new ArrayList<>();
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        keys.add(named(line, i + 1));
      }
    }
    return keys;
  }

  private ApiKey named(String line, int number) throws InvalidFileException {
    Matcher parts = LINE.matcher(line);
    if (parts.matches()) {
      String name = Objects.requireNonNull(parts.group(1));
      String digest = parts.group(2);
      if (digest != null) {
        return new ApiKey(name, digest.toLowerCase(Locale.ROOT));
      }
      String key = Objects.requireNonNull(parts.group(3));
      if (ApiKey.isUsable(key) && !key.startsWith("sha256:")) {
        return ApiKey.of(name, key);
      }
    }
    throw new InvalidFileException(
        path,
        ("has no key on line %d: expected NAME:KEY, the key of at least %d visible ASCII"
                + " characters, or NAME:sha256: and the 64 hexadecimal digits of its SHA-256")
            .formatted(number, ApiKey.SHORTEST));
  }
}
