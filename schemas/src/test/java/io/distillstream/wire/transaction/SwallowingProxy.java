package io.distillstream.wire.transaction;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between clients and a broker on the loopback interface. From a request of one kind on it
 * swallows what a connection carries, in one direction, as a network does that loses a peer.
 */
public final class SwallowingProxy implements AutoCloseable {
  /** Kafka's protocol guide: a request is its size, then its api key. */
  static final short END_TXN = 26;

  private static final short PRODUCE = 0;

  /** What is lost. */
  public enum Loss {
    NOTHING,
    /** A transaction's end, which the broker does not get. */
    REQUEST,
    /** The answer to it. */
    RESPONSE,
    /** The answer to records of a transaction. */
    WRITE_RESPONSE
  }

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger swallowed = new AtomicInteger();
  private volatile int brokerPort;
  private volatile Loss loss = Loss.NOTHING;

  public SwallowingProxy() throws IOException {}

  public int port() {
    return server.getLocalPort();
  }

  public void start(int toBrokerPort) {
    brokerPort = toBrokerPort;
    daemon(this::accept);
  }

  /** What to lose from now on. */
  public void lose(Loss next) {
    loss = next;
  }

  /** Requests that met with a loss. */
  public int swallowed() {
    return swallowed.get();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Socket broker = new Socket(InetAddress.getLoopbackAddress(), brokerPort);
        sockets.add(client);
        sockets.add(broker);
        Connection connection = new Connection(client, broker);
        daemon(connection::requests);
        daemon(connection::responses);
      } catch (IOException e) {
        // Closed from either side; clients connect again.
      }
    }
  }

  private static boolean isMeant(Loss loss, ByteBuffer request) {
    return switch (loss) {
      case NOTHING -> false;
      case REQUEST, RESPONSE -> request.getShort(0) == END_TXN;
      case WRITE_RESPONSE -> request.getShort(0) == PRODUCE && isTransactional(request);
    };
  }

  /**
   * Header 2 (key, version, correlation, client's name, no tags) goes before the transaction's id.
   */
  private static boolean isTransactional(ByteBuffer produce) {
    int clientBytes = produce.getShort(8);
    return produce.get(10 + clientBytes + 1) != 0;
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private final class Connection {
    private final Socket client;
    private final Socket broker;
    private volatile boolean silent;

    Connection(Socket client, Socket broker) {
      this.client = client;
      this.broker = broker;
    }

    void requests() {
      try (client;
          broker) {
        DataInputStream in = new DataInputStream(client.getInputStream());
        OutputStream out = broker.getOutputStream();
        while (true) {
          byte[] request = in.readNBytes(in.readInt());
          Loss now = loss;
          if (isMeant(now, ByteBuffer.wrap(request))) {
            swallowed.incrementAndGet();
            silent = true;
            if (now == Loss.REQUEST) {
              continue;
            }
          }
          out.write(
              ByteBuffer.allocate(4 + request.length).putInt(request.length).put(request).array());
          out.flush();
        }
      } catch (IOException e) {
        // The connection ended.
      }
    }

    void responses() {
      byte[] buffer = new byte[1 << 16];
      try (client;
          broker) {
        InputStream in = broker.getInputStream();
        OutputStream out = client.getOutputStream();
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          if (!silent) {
            out.write(buffer, 0, read);
            out.flush();
          }
        }
      } catch (IOException e) {
        // The connection ended.
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
