package io.distillstream.local.terminal;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;

/**
 * The word {@code %line} of a log pattern: the message, and what was thrown with it, without a line
 * break. The stack trace is the log file's.
 */
public final class OneLine extends ClassicConverter {

  @Override
  public String convert(ILoggingEvent event) {
    return of(event);
  }

  static String of(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(event.getFormattedMessage());
    for (IThrowableProxy t = event.getThrowableProxy(); t != null; t = t.getCause()) {
      String message = t.getMessage() == null ? t.getClassName() : t.getMessage();
      // Many exceptions repeat what caused them.
      if (line.indexOf(message) < 0) {
        line.append(": ").append(message);
      }
    }
    return line.toString().replaceAll("\\s*\\R\\s*", " ");
  }
}
