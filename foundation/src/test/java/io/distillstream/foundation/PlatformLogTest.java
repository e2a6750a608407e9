package io.distillstream.foundation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PlatformLogTest {
  private final Logger logger = Logger.getLogger(PlatformLogTest.class.getName());
  private final Lines lines = new Lines();
  private final PlatformLog log = PlatformLog.of(PlatformLogTest.class);

  @BeforeEach
  void listen() {
    logger.setUseParentHandlers(false);
    logger.addHandler(lines);
  }

  @AfterEach
  void stopListening() {
    logger.removeHandler(lines);
    logger.setUseParentHandlers(true);
  }

  @Test
  void shouldPutArgumentsInTheirPlaces() {
    log.warn("Version {} is above {}", 7, "the limit {0} of 'all'");

    assertThat(lines.records).hasSize(1);
    LogRecord line = lines.records.get(0);
    assertThat(line.getLevel()).isEqualTo(Level.WARNING);
    assertThat(line.getMessage()).isEqualTo("Version 7 is above the limit {0} of 'all'");
    assertThat(line.getLoggerName()).isEqualTo(PlatformLogTest.class.getName());
    assertThat(line.getThrown()).isNull();
  }

  @Test
  void shouldKeepTheExceptionThatComesLast() {
    IllegalStateException thrown = new IllegalStateException("why");

    log.error("{} ended", "it", thrown);

    assertThat(lines.records.get(0).getMessage()).isEqualTo("it ended");
    assertThat(lines.records.get(0).getThrown()).isSameAs(thrown);
  }

  @Test
  void shouldBeSilentBelowTheLevel() {
    log.debug("nobody asked for {}", "this");

    assertThat(lines.records).isEmpty();
  }

  private static final class Lines extends Handler {
    private final List<LogRecord> records = new ArrayList<>();

    @Override
    public void publish(LogRecord line) {
      records.add(line);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
