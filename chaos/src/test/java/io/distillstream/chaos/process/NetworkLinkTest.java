package io.distillstream.chaos.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NetworkLinkTest {
  private static final int BRIEFLY_MILLIS = 200;
  private static final int PATIENCE_MILLIS = 10_000;

  private ServerSocket broker;
  private ServerSocket registry;
  private NetworkLink link;
  private Socket stage;

  @BeforeEach
  void connect() throws IOException {
    InetAddress own = InetAddress.getByAddress(new byte[] {127, 0, 0, 99});
    broker = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    registry = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    link = new NetworkLink(own, broker.getLocalPort(), registry.getLocalPort());
    stage = new Socket(own, broker.getLocalPort());
  }

  @AfterEach
  void close() throws IOException {
    stage.close();
    link.close();
    registry.close();
    broker.close();
  }

  @Test
  void shouldCarryBothWays() throws IOException {
    try (Socket cluster = broker.accept()) {
      stage.getOutputStream().write(7);
      assertThat(cluster.getInputStream().read()).isEqualTo(7);
      cluster.getOutputStream().write(8);
      assertThat(stage.getInputStream().read()).isEqualTo(8);
    }
  }

  @Test
  void shouldDeliverWhatWasSentWhileItWasCut() throws IOException {
    try (Socket cluster = broker.accept()) {
      link.cut();
      stage.getOutputStream().write(7);
      cluster.setSoTimeout(BRIEFLY_MILLIS);
      assertThatThrownBy(() -> cluster.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);

      link.mend();
      cluster.setSoTimeout(PATIENCE_MILLIS);
      assertThat(cluster.getInputStream().read()).isEqualTo(7);
    }
  }

  @Test
  void shouldTakeItsTimeWhileItIsSlow() throws IOException {
    try (Socket cluster = broker.accept()) {
      Duration delay = Duration.ofMillis(300);
      link.slow(delay, 1 << 20);
      long sent = System.nanoTime();
      stage.getOutputStream().write(7);
      assertThat(cluster.getInputStream().read()).isEqualTo(7);
      assertThat(Duration.ofNanos(System.nanoTime() - sent)).isGreaterThanOrEqualTo(delay);
    }
  }

  @Test
  void shouldEndWithEitherSide() throws IOException {
    Socket cluster = broker.accept();
    cluster.close();
    stage.setSoTimeout(PATIENCE_MILLIS);
    assertThat(stage.getInputStream().read()).isEqualTo(-1);
  }
}
