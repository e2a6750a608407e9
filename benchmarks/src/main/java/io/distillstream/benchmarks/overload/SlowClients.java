package io.distillstream.benchmarks.overload;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Connections that send a byte of a body every two seconds, and connections that send nothing. One
 * that the server has closed is opened again.
 */
final class SlowClients implements AutoCloseable {

  private static final long PERIOD_SECONDS = 2;
  private static final byte[] HEAD =
      """
      POST /v1/predict HTTP/1.1\r
      Host: localhost\r
      Content-Type: application/json\r
      Content-Length: 1000\r
      \r
      """
          .getBytes(StandardCharsets.US_ASCII);

  private final int port;
  private final List<Socket> slow = new ArrayList<>();
  private final List<Socket> idle = new ArrayList<>();
  private final ScheduledExecutorService sending = Executors.newSingleThreadScheduledExecutor();
  private long reopened;

  SlowClients(int port, int slowOnes, int idleOnes) throws IOException {
    this.port = port;
    for (int i = 0; i < idleOnes; i++) {
      idle.add(open());
    }
    for (int i = 0; i < slowOnes; i++) {
      slow.add(openSlow());
    }
    sending.scheduleAtFixedRate(this::sendByte, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
  }

  /** Slow connections that the server has ended. */
  synchronized long reopened() {
    return reopened;
  }

  private synchronized void sendByte() {
    for (int i = 0; i < slow.size(); i++) {
      try {
        // An answer, which can only be a refusal, or the end.
        if (slow.get(i).getInputStream().available() > 0) {
          reopen(i);
        }
        slow.get(i).getOutputStream().write(' ');
      } catch (IOException e) {
        reopen(i);
      }
    }
  }

  private void reopen(int index) {
    try {
      slow.get(index).close();
      slow.set(index, openSlow());
      reopened++;
    } catch (IOException e) {
      throw new IllegalStateException("The teacher takes no connections any more", e);
    }
  }

  private Socket openSlow() throws IOException {
    Socket socket = open();
    socket.getOutputStream().write(HEAD);
    return socket;
  }

  private Socket open() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port);
  }

  @Override
  public void close() throws IOException {
    sending.shutdownNow();
    synchronized (this) {
      for (Socket socket : slow) {
        socket.close();
      }
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }
}
