package io.distillstream.chaos.fault;

import io.distillstream.chaos.process.Stage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Callers of {@code /v1/predict} that send a byte every two seconds and never come to an end, and
 * others that connect and say nothing.
 */
final class SlowClients implements Fault {
  private static final int SLOW = 100;
  private static final int IDLE = 100;
  private static final Duration BETWEEN_BYTES = Duration.ofSeconds(2);

  /** Not that of the traffic: a server may bound what one address does. */
  private static final byte[] ADDRESS = {127, 0, 0, 2};

  @Override
  public String name() {
    return "slow-clients";
  }

  @Override
  public List<Stage> targets() {
    return List.of(Stage.TEACHER);
  }

  @Override
  public Span lasts() {
    return Span.ofSeconds(10, 20);
  }

  @Override
  public void strike(Stage target, Duration duration, Scene scene)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + duration.toNanos();
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < SLOW + IDLE; i++) {
        sockets.add(connect(scene));
      }
      List<Socket> slow = sockets.subList(0, SLOW);
      send(
          slow,
          """
          POST /v1/predict HTTP/1.1\r
          Host: 127.0.0.1\r
          Content-Type: application/json\r
          Content-Length: 1000\r
          \r
          """);
      while (System.nanoTime() < end) {
        scene.pause(BETWEEN_BYTES);
        send(slow, "{");
      }
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private static Socket connect(Scene scene) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(InetAddress.getByAddress(ADDRESS), 0));
    socket.connect(
        new InetSocketAddress(
            InetAddress.getLoopbackAddress(), scene.processes().teacher().getPort()));
    return socket;
  }

  private static void send(List<Socket> sockets, String text) {
    for (Socket socket : sockets) {
      try {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
      } catch (IOException e) {
        // Whom the server has sent away stays away.
      }
    }
  }
}
