package io.distillstream.local.terminal;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.EventArgUtil;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.helpers.MessageFormatter;

/**
 * Lets lines that are alike be logged a few times a minute, by whatever logger of the process, and
 * says in one line how many more there were: a client that reconnects to a broker that is away, or
 * a broker on a full disk, has thousands of them.
 *
 * <p>Alike are lines of one logger and level whose patterns differ in digits at most, many
 * libraries putting figures into the pattern itself, and that are of one kind of failure: what an
 * unknown thread died of must not hide behind five others. Of errors the whole messages are
 * compared. What is asked for to find a fault, {@code DEBUG} and {@code TRACE}, passes.
 *
 * <p>Logback's own {@code DuplicateMessageFilter} would not do. It knows no time: a line that came
 * five times in a process's life is silent until enough others have pushed it from the cache. And
 * it tells nobody what it left out.
 */
final class RepeatedLines extends TurboFilter {

  static final int ALLOWED = 5;
  static final Duration WINDOW = Duration.ofMinutes(1);

  private static final long SWEEP_NANOS = Duration.ofSeconds(1).toNanos();

  /** Beyond so many, further lines of a logger count as alike. */
  private static final int MOST_KINDS = 1_000;

  /** So much of a pattern, or of an error's message, tells it from others. */
  private static final int TEXT_LENGTH = 200;

  /** Causes may go round in a circle. */
  private static final int DEEPEST = 20;

  private static final Pattern DIGITS = Pattern.compile("\\d+");

  /**
   * @param failure the class of what was thrown in the first place; empty where nothing was
   */
  private record Kind(Logger logger, Level level, String text, String failure) {}

  private static final class Count {
    final long sinceNanos;
    long lastNanos;
    int lines;
    String lastLine = "";

    Count(long sinceNanos) {
      this.sinceNanos = sinceNanos;
    }
  }

  private record LeftOut(Kind kind, int lines, Duration within, String lastLine) {

    void log() {
      LoggingEvent event =
          new LoggingEvent(
              RepeatedLines.class.getName(),
              kind.logger(),
              kind.level(),
              "{} more lines like this within {} s were left out, the last of them: {}",
              null,
              new Object[] {lines, Math.max(1, within.toSeconds()), lastLine});
      // Not by the logger's own methods, which would ask this filter.
      kind.logger().callAppenders(event);
    }
  }

  private final LongSupplier nanoTime;
  private final Map<Kind, Count> counts = new HashMap<>();
  private long sweptNanos;

  RepeatedLines() {
    this(System::nanoTime);
  }

  RepeatedLines(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.sweptNanos = nanoTime.getAsLong();
  }

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String pattern,
      Object @Nullable [] arguments,
      @Nullable Throwable thrown) {
    // Without a pattern somebody merely asks whether the level is enabled.
    if (pattern == null
        || !level.isGreaterOrEqual(Level.INFO)
        || !level.isGreaterOrEqual(logger.getEffectiveLevel())) {
      return FilterReply.NEUTRAL;
    }
    long now = nanoTime.getAsLong();
    List<LeftOut> leftOut;
    boolean allowed;
    synchronized (counts) {
      leftOut = now - sweptNanos < SWEEP_NANOS ? List.of() : sweep(now, WINDOW);
      Kind kind = kind(logger, level, pattern, arguments, thrown);
      Count count = counts.computeIfAbsent(kind, k -> new Count(now));
      count.lines++;
      count.lastNanos = now;
      allowed = count.lines <= ALLOWED;
      if (!allowed) {
        count.lastLine = start(message(pattern, arguments)) + kind.failure();
      }
    }
    // Appenders have locks of their own.
    leftOut.forEach(LeftOut::log);
    return allowed ? FilterReply.NEUTRAL : FilterReply.DENY;
  }

  /** Says what was left out until now. */
  void report() {
    List<LeftOut> leftOut;
    synchronized (counts) {
      leftOut = sweep(nanoTime.getAsLong(), Duration.ZERO);
    }
    leftOut.forEach(LeftOut::log);
  }

  /** Removes what is as old as {@code age}. */
  private List<LeftOut> sweep(long now, Duration age) {
    sweptNanos = now;
    List<LeftOut> leftOut = new ArrayList<>();
    for (Iterator<Map.Entry<Kind, Count>> i = counts.entrySet().iterator(); i.hasNext(); ) {
      Map.Entry<Kind, Count> entry = i.next();
      Count count = entry.getValue();
      if (now - count.sinceNanos >= age.toNanos()) {
        if (count.lines > ALLOWED) {
          leftOut.add(
              new LeftOut(
                  entry.getKey(),
                  count.lines - ALLOWED,
                  Duration.ofNanos(count.lastNanos - count.sinceNanos),
                  count.lastLine));
        }
        i.remove();
      }
    }
    return leftOut;
  }

  private Kind kind(
      Logger logger,
      Level level,
      String pattern,
      Object @Nullable [] arguments,
      @Nullable Throwable thrown) {
    String text = level.equals(Level.ERROR) ? message(pattern, arguments) : pattern;
    Throwable failed = thrown == null ? EventArgUtil.extractThrowable(arguments) : thrown;
    Kind kind =
        new Kind(logger, level, DIGITS.matcher(start(text)).replaceAll("#"), rootClass(failed));
    return counts.size() < MOST_KINDS || counts.containsKey(kind)
        ? kind
        : new Kind(logger, level, "(various)", "");
  }

  private static String message(String pattern, Object @Nullable [] arguments) {
    return String.valueOf(MessageFormatter.arrayFormat(pattern, arguments).getMessage());
  }

  private static String start(String text) {
    return text.substring(0, Math.min(text.length(), TEXT_LENGTH));
  }

  /** As the end of a line. */
  private static String rootClass(@Nullable Throwable thrown) {
    String name = "";
    int depth = 0;
    for (Throwable t = thrown; t != null && depth < DEEPEST; t = t.getCause()) {
      name = " (" + t.getClass().getName() + ")";
      depth++;
    }
    return name;
  }
}
