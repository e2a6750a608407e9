package io.distillstream.foundation;

import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Logs by what every Java platform brings, {@code java.util.logging}, so that a device carries no
 * logging library. Each <code>{}</code> of a message stands for one argument; one more, if it is an
 * exception, is logged with its stack.
 */
public final class PlatformLog {

  private final Logger logger;

  private PlatformLog(Logger logger) {
    this.logger = logger;
  }

  /** Under the name of a class. */
  public static PlatformLog of(Class<?> type) {
    return new PlatformLog(Logger.getLogger(type.getName()));
  }

  /** That something has ended which should not. */
  public void error(String message, @Nullable Object... arguments) {
    log(Level.SEVERE, message, arguments);
  }

  /** What an operator should know. */
  public void warn(String message, @Nullable Object... arguments) {
    log(Level.WARNING, message, arguments);
  }

  /** What happened as it should. */
  public void info(String message, @Nullable Object... arguments) {
    log(Level.INFO, message, arguments);
  }

  /** What explains another line. */
  public void debug(String message, @Nullable Object... arguments) {
    log(Level.FINE, message, arguments);
  }

  private void log(Level level, String message, @Nullable Object... arguments) {
    if (!logger.isLoggable(level)) {
      return;
    }
    StringBuilder text = new StringBuilder();
    int used = 0;
    int from = 0;
    for (int at = message.indexOf("{}");
        at >= 0 && used < arguments.length;
        at = message.indexOf("{}", from)) {
      text.append(message, from, at).append(arguments[used++]);
      from = at + 2;
    }
    LogRecord line = new LogRecord(level, text.append(message, from, message.length()).toString());
    line.setLoggerName(logger.getName());
    // Or else it would be looked for on the stack, and be this class.
    line.setSourceClassName(logger.getName());
    if (used < arguments.length && arguments[arguments.length - 1] instanceof Throwable) {
      line.setThrown((Throwable) arguments[arguments.length - 1]);
    }
    logger.log(line);
  }
}
