package io.distillstream.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for processes that have to be told theirs. Servers of this process listen on port 0
 * instead, which nobody can take from them. Until its process listens on it a port is free to be
 * taken, so they are chosen below those that operating systems give away by themselves.
 */
public final class FreePorts {

  private static final int LOWEST = 16_384;

  /** Linux gives away ports from here on by default, most other systems from far above. */
  private static final int LOWEST_EPHEMERAL = 32_768;

  private static final int MOST_TRIES = 10_000;

  private FreePorts() {}

  /**
   * Ports of loopback that nobody listens on. None is given back before all are chosen, or one
   * might be chosen twice.
   *
   * @throws UncheckedIOException if there are not so many
   */
  public static List<Integer> choose(int count) {
    List<ServerSocket> chosen = new ArrayList<>();
    try {
      try {
        while (chosen.size() < count) {
          chosen.add(bindAny());
        }
        return chosen.stream().map(ServerSocket::getLocalPort).toList();
      } finally {
        for (ServerSocket socket : chosen) {
          socket.close();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ServerSocket bindAny() throws IOException {
    for (int tries = 1; ; tries++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, LOWEST_EPHEMERAL);
      try {
        return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
      } catch (BindException taken) {
        if (tries == MOST_TRIES) {
          throw taken;
        }
      }
    }
  }

  /** One of them. */
  public static int choose() {
    return choose(1).get(0);
  }
}
