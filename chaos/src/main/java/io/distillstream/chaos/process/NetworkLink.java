package io.distillstream.chaos.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The network between one stage and the cluster: it carries bytes between ports of the stage's own
 * and those of broker and registry, and can be cut and made slow. While it is cut, nothing gets
 * through and nobody is told, as with a cable that is pulled; what was sent arrives when it is
 * mended, if the connection is still wanted.
 */
public final class NetworkLink implements AutoCloseable {
  private static final int BACKLOG = 50;
  private static final int BUFFER_BYTES = 16 << 10;

  /**
   * @param open whether anything gets through
   * @param delayMillis of each piece that is carried
   * @param bytesPerSecond of each connection and direction
   */
  private record Condition(boolean open, long delayMillis, long bytesPerSecond) {
    static final Condition GOOD = new Condition(true, 0, Long.MAX_VALUE);
  }

  private final ServerSocket broker;
  private final ServerSocket registry;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Object change = new Object();
  private volatile Condition condition = Condition.GOOD;

  /**
   * @param own loopback address of the stage, on which the broker's port is found
   * @param brokerPort on 127.0.0.1
   * @param registryPort on 127.0.0.1
   */
  NetworkLink(InetAddress own, int brokerPort, int registryPort) throws IOException {
    broker = listen(own, brokerPort);
    registry = listen(InetAddress.getLoopbackAddress(), 0);
    accept(broker, brokerPort);
    accept(registry, registryPort);
  }

  private static ServerSocket listen(InetAddress address, int port) throws IOException {
    ServerSocket server = new ServerSocket();
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(address, port), BACKLOG);
    return server;
  }

  String bootstrapServers() {
    return broker.getInetAddress().getHostAddress() + ":" + broker.getLocalPort();
  }

  String registryUrl() {
    return "http://127.0.0.1:" + registry.getLocalPort();
  }

  /** Lets nothing through. */
  public void cut() {
    become(new Condition(false, 0, Long.MAX_VALUE));
  }

  /** Carries everything late and little at a time. */
  public void slow(Duration delay, long bytesPerSecond) {
    become(new Condition(true, delay.toMillis(), bytesPerSecond));
  }

  /** Carries everything at once. */
  public void mend() {
    become(Condition.GOOD);
  }

  private void become(Condition next) {
    synchronized (change) {
      condition = next;
      change.notifyAll();
    }
  }

  private void accept(ServerSocket server, int port) {
    daemon(
        () -> {
          while (!server.isClosed()) {
            try {
              Socket stage = server.accept();
              daemon(() -> connect(stage, port));
            } catch (IOException e) {
              // Closed, or a connection that was given up before it was taken.
            }
          }
        });
  }

  private void connect(Socket stage, int port) {
    sockets.add(stage);
    try {
      awaitPassage(0);
      Socket cluster = new Socket(InetAddress.getLoopbackAddress(), port);
      sockets.add(cluster);
      for (Socket socket : List.of(stage, cluster)) {
        socket.setTcpNoDelay(true);
      }
      daemon(() -> carry(stage, cluster));
      daemon(() -> carry(cluster, stage));
    } catch (IOException e) {
      // There is no cluster at present, which the stage learns by this.
      close(stage);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close(stage);
    }
  }

  private void carry(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        awaitPassage(read);
        out.write(buffer, 0, read);
        out.flush();
      }
    } catch (IOException e) {
      // The connection ended.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close(from);
      close(to);
    }
  }

  /** Waits for as long as so many bytes take at present. */
  private void awaitPassage(int bytes) throws InterruptedException {
    Condition now;
    synchronized (change) {
      while (!condition.open()) {
        change.wait();
      }
      now = condition;
    }
    TimeUnit.MILLISECONDS.sleep(
        now.delayMillis() + TimeUnit.SECONDS.toMillis(bytes) / now.bytesPerSecond());
  }

  private void close(Socket socket) {
    sockets.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no use any more, however it ended.
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "link");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    try (broker;
        registry) {
      mend();
      sockets.forEach(this::close);
    }
  }
}
