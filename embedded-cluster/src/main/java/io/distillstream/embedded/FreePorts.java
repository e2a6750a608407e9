package io.distillstream.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * Ports for processes that have to be told theirs. Servers of this process listen on port 0
 * instead, which nobody can take from them.
 */
public final class FreePorts {

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
        for (int i = 0; i < count; i++) {
          chosen.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
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

  /** One of them. */
  public static int choose() {
    return choose(1).get(0);
  }
}
