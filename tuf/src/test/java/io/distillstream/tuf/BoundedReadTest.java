package io.distillstream.tuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.tuf.refusal.SlowRetrievalException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BoundedReadTest {

  private final AtomicLong nanos = new AtomicLong();
  private final BoundedRead bounded = new BoundedRead(Duration.ofSeconds(10), nanos::get);

  @Test
  void shouldReadToTheEnd() throws Exception {
    assertThat(bounded.read("a", new ByteArrayInputStream(new byte[20_000]), 20_000))
        .hasSize(20_000);
  }

  /** The attack "endless data". */
  @Test
  void shouldReadOneByteMoreThanWantedOfAStreamWithoutEnd() throws Exception {
    assertThat(bounded.read("a", endless(0), 20_000)).hasSize(20_001);
  }

  /** The attack "slow retrieval": a byte each second keeps every read time-out from firing. */
  @Test
  void shouldGiveUpOnAStreamThatDrips() {
    assertThatThrownBy(() -> bounded.read("7.snapshot.json", endless(1_000), 20_000))
        .isInstanceOf(SlowRetrievalException.class)
        .hasMessage("7.snapshot.json: 11 bytes came within 10 s, and no end");
  }

  /** One byte a read, each of which takes some time. */
  private InputStream endless(long millis) {
    return new InputStream() {
      @Override
      public int read() {
        nanos.addAndGet(Duration.ofMillis(millis).toNanos());
        return 'x';
      }

      @Override
      public int read(byte[] bytes, int offset, int length) {
        bytes[offset] = (byte) read();
        return 1;
      }
    };
  }
}
