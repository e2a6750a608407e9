package io.distillstream.device.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Passes connections on to a server, and can cut the next ones after so many bytes of the answer.
 */
final class CuttingProxy implements AutoCloseable {

  private static final long UNCUT = Long.MAX_VALUE;

  private final ServerSocket listening;
  private final int target;
  private final Queue<Long> cuts = new ConcurrentLinkedQueue<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  CuttingProxy(int target) throws IOException {
    this.target = target;
    this.listening = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    daemon("proxy", this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + listening.getLocalPort();
  }

  /** The next connection that is not cut yet ends after so many bytes of its answer. */
  void cutNext(long bytes) {
    cuts.add(bytes);
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket socket : open) {
      socket.close();
    }
  }

  private void accept() throws IOException {
    while (!listening.isClosed()) {
      Socket client = listening.accept();
      Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
      open.add(client);
      open.add(server);
      Long cut = cuts.poll();
      daemon("proxy-in", () -> copy(client, server, UNCUT));
      daemon("proxy-out", () -> copy(server, client, cut == null ? UNCUT : cut));
    }
  }

  private void copy(Socket from, Socket to, long most) throws IOException {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] piece = new byte[1 << 14];
      long passed = 0;
      while (passed < most) {
        int read = in.read(piece, 0, (int) Math.min(piece.length, most - passed));
        if (read < 0) {
          return;
        }
        out.write(piece, 0, read);
        passed += read;
      }
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void daemon(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // One end is gone, which is what a test is about.
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
  }
}
