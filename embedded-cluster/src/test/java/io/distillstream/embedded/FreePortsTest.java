package io.distillstream.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FreePortsTest {
  @Test
  void shouldChooseNoPortTwiceAndGiveAllBack() throws Exception {
    List<Integer> ports = FreePorts.choose(1_000);

    assertThat(ports).hasSize(1_000).doesNotHaveDuplicates();
    try (ServerSocket socket =
        new ServerSocket(ports.get(0), 1, InetAddress.getLoopbackAddress())) {
      assertThat(socket.isBound()).isTrue();
    }
  }
}
