package io.distillstream.local.terminal;

import static java.util.Objects.requireNonNull;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.Duration;
import ch.qos.logback.core.util.FileSize;
import io.distillstream.foundation.PrivateFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * The file that everything logged in this process goes to, of libraries too, with stack traces. The
 * terminal shows what our own code has to say, a line each.
 *
 * <p>It holds 10 MB, and two older files beside it as much each. Lines that repeat are bounded, on
 * the terminal too: see {@link RepeatedLines}. Closing it ends the logging.
 */
public final class LogFile implements AutoCloseable {

  private static final String FOLDER = "logs";
  private static final String LARGEST = "10MB";
  private static final String PATTERN =
      "%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level [%thread] %logger - %msg%n%ex";

  private final Logger root;
  private final Late appender;
  private final RepeatedLines repeated = new RepeatedLines();

  private LogFile(LoggerContext context, Late appender) {
    this.root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    this.appender = appender;
    appender.setContext(context);
    appender.start();
    root.addAppender(appender);
    repeated.start();
    context.addTurboFilter(repeated);
  }

  /** Has what is logged by {@code java.util.logging} go where all else goes. */
  public static void takePlatformLogs() {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }

  /**
   * Creates the file at once.
   *
   * @param name of the file, without its ending
   * @throws CommandFailedException if it cannot be written
   */
  public static LogFile open(Path dataFolder, String name) {
    Path file = place(dataFolder, name);
    try {
      PrivateFolders.create(requireNonNull(file.getParent()));
    } catch (IOException e) {
      throw new CommandFailedException("No log can be written to " + file + ": " + e, e);
    }
    LogFile log = new LogFile(context(), new Late(file, line -> {}));
    if (!log.appender.file().isStarted()) {
      log.close();
      throw new CommandFailedException("No log can be written to " + file);
    }
    return log;
  }

  /** What a command does while there is a log file. */
  public interface Task<E extends Exception> {
    void run() throws E;
  }

  /**
   * Runs a task whose file, and the data folder, are created only when there is something to log.
   *
   * @param notice is told then, in a line, where the file is
   */
  public static <E extends Exception> void during(
      Task<E> task, Path dataFolder, String name, Consumer<String> notice) throws E {
    LogFile log = new LogFile(context(), new Late(place(dataFolder, name), notice));
    try {
      task.run();
    } finally {
      log.close();
    }
  }

  private static Path place(Path dataFolder, String name) {
    return dataFolder.resolve(FOLDER).resolve(name + ".log").toAbsolutePath().normalize();
  }

  private static LoggerContext context() {
    return (LoggerContext) LoggerFactory.getILoggerFactory();
  }

  public Path path() {
    return appender.path;
  }

  @Override
  public void close() {
    repeated.report();
    root.getLoggerContext().getTurboFilterList().remove(repeated);
    root.detachAppender(appender);
    appender.stop();
  }

  /** Opens the file with the first event. */
  private static final class Late extends AppenderBase<ILoggingEvent> {

    private final Path path;
    private final Consumer<String> notice;
    private @Nullable RollingFileAppender<ILoggingEvent> file;

    Late(Path path, Consumer<String> notice) {
      this.path = path;
      this.notice = notice;
    }

    @Override
    protected void append(ILoggingEvent event) {
      file().doAppend(event);
    }

    private synchronized RollingFileAppender<ILoggingEvent> file() {
      RollingFileAppender<ILoggingEvent> open = file;
      if (open == null) {
        open = open();
        file = open;
        notice.accept(
            open.isStarted()
                ? "log messages go to " + path
                : "no log can be written to " + path + "; log messages are lost");
      }
      return open;
    }

    private RollingFileAppender<ILoggingEvent> open() {
      RollingFileAppender<ILoggingEvent> rolling = new RollingFileAppender<>();
      rolling.setContext(getContext());
      rolling.setFile(path.toString());
      FixedWindowRollingPolicy window = new FixedWindowRollingPolicy();
      window.setContext(getContext());
      window.setParent(rolling);
      window.setFileNamePattern(path + ".%i");
      window.setMinIndex(1);
      window.setMaxIndex(2);
      window.start();
      SizeBasedTriggeringPolicy<ILoggingEvent> size = new SizeBasedTriggeringPolicy<>();
      size.setContext(getContext());
      size.setMaxFileSize(FileSize.valueOf(LARGEST));
      // Else the size is looked at once a minute, and what is logged in that minute has no bound.
      size.setCheckIncrement(Duration.buildByMilliseconds(0));
      size.start();
      PatternLayoutEncoder encoder = new PatternLayoutEncoder();
      encoder.setContext(getContext());
      encoder.setPattern(PATTERN);
      encoder.start();
      rolling.setRollingPolicy(window);
      rolling.setTriggeringPolicy(size);
      rolling.setEncoder(encoder);
      rolling.start();
      return rolling;
    }

    @Override
    public synchronized void stop() {
      super.stop();
      if (file != null) {
        file.stop();
      }
    }
  }
}
