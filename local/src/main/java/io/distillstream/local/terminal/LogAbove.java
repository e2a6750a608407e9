package io.distillstream.local.terminal;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Takes log lines from standard error while a block of lines is redrawn on the same screen, so that
 * they are printed above the block and not through it. Closing gives them back.
 *
 * <p>Holds no lock of its own while it prints: the screen has one.
 */
final class LogAbove extends UnsynchronizedAppenderBase<ILoggingEvent> implements AutoCloseable {

  /** The logger and the appender of {@code logback.xml}. */
  private static final String OURS = "io.distillstream";

  private static final String STANDARD_ERROR = "stderr";

  private final Consumer<String> lines;
  private final Logger logger;
  private final @Nullable Appender<ILoggingEvent> replaced;
  private final PatternLayout layout = new PatternLayout();

  LogAbove(Consumer<String> lines) {
    this.lines = lines;
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    setContext(context);
    layout.setContext(context);
    layout.setPattern("%d{HH:mm:ss} %-5level %nopex");
    layout.start();
    logger = context.getLogger(OURS);
    replaced = logger.getAppender(STANDARD_ERROR);
    start();
    logger.addAppender(this);
    if (replaced != null) {
      logger.detachAppender(replaced);
    }
  }

  @Override
  protected void append(ILoggingEvent event) {
    lines.accept(layout.doLayout(event) + OneLine.of(event));
  }

  @Override
  public void close() {
    if (replaced != null) {
      logger.addAppender(replaced);
    }
    logger.detachAppender(this);
    stop();
  }
}
