package io.distillstream.runtime;

import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One key of a service's settings: its default, what it accepts and what it is for, declared once.
 * The parser throws {@link IllegalArgumentException} with what would be accepted.
 *
 * @param key dotted, lower-case, such as {@code teacher.batch-size}
 * @param defaultText as it would be written in a file; parsed like any other value
 * @param accepts what a legal value looks like, for messages and the commented defaults
 * @param doc one sentence
 */
public record Setting<T>(
    String key,
    String defaultText,
    String accepts,
    String doc,
    boolean secret,
    Function<String, T> parser) {

  private static final Pattern KEY = Pattern.compile("[a-z][a-z0-9]*([.-][a-z0-9]+)*");
  private static final Pattern DURATION = Pattern.compile("(\\d+)\\s*(ms|s|m|h|d)");

  public Setting {
    if (!KEY.matcher(key).matches()) {
      throw new IllegalArgumentException("Setting key '" + key + "' is not legal");
    }
    Object parsed = parser.apply(defaultText);
    if (parsed == null) {
      throw new IllegalArgumentException("Default of " + key + " parses to nothing");
    }
  }

  public static Setting<Integer> integer(String key, int defaultValue, String doc) {
    return of(key, Integer.toString(defaultValue), "an integer", doc, Setting::parseInteger);
  }

  public static Setting<Long> count(String key, long defaultValue, String doc) {
    return of(key, Long.toString(defaultValue), "a whole number", doc, Setting::parseLong);
  }

  public static Setting<Double> decimal(String key, double defaultValue, String doc) {
    return of(key, Double.toString(defaultValue), "a number", doc, Setting::parseDouble);
  }

  public static Setting<String> text(String key, String defaultValue, String doc) {
    return of(key, defaultValue, "text", doc, Function.identity());
  }

  public static Setting<Boolean> flag(String key, boolean defaultValue, String doc) {
    return of(key, Boolean.toString(defaultValue), "true or false", doc, Setting::parseFlag);
  }

  public static Setting<Path> path(String key, String defaultValue, String doc) {
    return of(key, defaultValue, "a path", doc, Setting::parsePath);
  }

  /** Comma-separated; blanks around items are dropped, no item may be empty. */
  public static Setting<List<String>> list(String key, String defaultValue, String doc) {
    return of(key, defaultValue, "items separated by commas", doc, Setting::parseList);
  }

  /** A number with a unit: {@code 250ms}, {@code 15s}, {@code 2m}, {@code 1h}, {@code 7d}. */
  /** A server's address over HTTP; none by default, which an empty text stands for. */
  public static Setting<Optional<URI>> server(String key, String doc) {
    return text(key, "", doc)
        .as(
            "http://host:port or https://host:port, with a path if need be, and no user",
            Setting::parseServer);
  }

  public static Setting<Duration> duration(String key, Duration defaultValue, String doc) {
    return of(
        key,
        format(defaultValue),
        "a duration such as 250ms, 15s, 2m, 1h or 7d",
        doc,
        Setting::parseDuration);
  }

  /** One of an enum's constants, written in lower case with hyphens. */
  public static <E extends Enum<E>> Setting<E> oneOf(String key, E defaultValue, String doc) {
    E[] constants = defaultValue.getDeclaringClass().getEnumConstants();
    List<String> names = Arrays.stream(constants).map(Setting::hyphenated).toList();
    return of(
        key,
        hyphenated(defaultValue),
        "one of " + String.join(", ", names),
        doc,
        text -> {
          int index = names.indexOf(text);
          if (index < 0) {
            throw new IllegalArgumentException("one of " + String.join(", ", names));
          }
          return constants[index];
        });
  }

  /** The same setting, refusing what is not within [least, greatest]. */
  public Setting<T> between(T least, T greatest) {
    if (!(least instanceof Comparable<?>)) {
      throw new IllegalArgumentException("Setting " + key + " has no order");
    }
    String range = accepts + " from " + show(least) + " to " + show(greatest);
    return accepting(range, value -> compare(value, least) >= 0 && compare(value, greatest) <= 0);
  }

  /** The same setting, refusing values that do not pass. */
  public Setting<T> accepting(String description, java.util.function.Predicate<T> test) {
    return as(
        description,
        value -> {
          if (!test.test(value)) {
            throw new IllegalArgumentException(description);
          }
          return value;
        });
  }

  /**
   * The same setting, whose value is made of the one before.
   *
   * @param description of what is accepted
   * @param conversion throws {@link IllegalArgumentException} at other values
   */
  public <U> Setting<U> as(String description, Function<T, U> conversion) {
    return new Setting<>(
        key,
        defaultText,
        description,
        doc,
        secret,
        text -> {
          T value = parser.apply(text);
          try {
            return conversion.apply(value);
          } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(description, e);
          }
        });
  }

  /** The same setting, whose value is never shown and belongs in the environment. */
  public Setting<T> asSecret() {
    return new Setting<>(key, defaultText, accepts, doc, true, parser);
  }

  /** The environment variable that overrides the file: {@code DISTILLSTREAM_TEACHER_BATCH_SIZE}. */
  public String environmentVariable() {
    return Settings.ENVIRONMENT_PREFIX
        + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  private static Optional<URI> parseServer(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    URI uri = URI.create(text);
    boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!web
        || uri.getHost() == null
        || uri.getRawUserInfo() != null
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null) {
      throw new IllegalArgumentException("'" + text + "' is no server's address");
    }
    return Optional.of(uri);
  }

  private static <T> Setting<T> of(
      String key, String defaultText, String accepts, String doc, Function<String, T> parser) {
    return new Setting<>(key, defaultText, accepts, doc, false, parser);
  }

  @SuppressWarnings("unchecked")
  private int compare(T a, T b) {
    return ((Comparable<T>) a).compareTo(b);
  }

  /** A value as it would be written in a file. */
  public static String show(Object value) {
    return value instanceof Duration duration ? format(duration) : value.toString();
  }

  private static String hyphenated(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Integer parseInteger(String text) {
    try {
      return Integer.valueOf(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("an integer", e);
    }
  }

  private static Long parseLong(String text) {
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("a whole number", e);
    }
  }

  private static Double parseDouble(String text) {
    try {
      double value = Double.parseDouble(text);
      if (Double.isFinite(value)) {
        return value;
      }
      throw new IllegalArgumentException("a finite number");
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("a number", e);
    }
  }

  private static Boolean parseFlag(String text) {
    return switch (text) {
      case "true" -> Boolean.TRUE;
      case "false" -> Boolean.FALSE;
      default -> throw new IllegalArgumentException("true or false");
    };
  }

  private static Path parsePath(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("a path", e);
    }
  }

  private static List<String> parseList(String text) {
    if (text.isBlank()) {
      return List.of();
    }
    List<String> items = Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    if (items.contains("")) {
      throw new IllegalArgumentException("items separated by commas, none empty");
    }
    return items;
  }

  /**
   * A duration as settings have it.
   *
   * @throws IllegalArgumentException with what would be accepted
   */
  public static Duration parseDuration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("a duration such as 250ms, 15s, 2m, 1h or 7d");
    }
    long amount = parseLong(Objects.requireNonNull(matcher.group(1)));
    return switch (Objects.requireNonNull(matcher.group(2))) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }

  private static String format(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 1_000 != 0 || millis == 0) {
      return millis + "ms";
    }
    long seconds = millis / 1_000;
    return seconds % 86_400 == 0
        ? seconds / 86_400 + "d"
        : seconds % 3_600 == 0
            ? seconds / 3_600 + "h"
            : seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }
}
