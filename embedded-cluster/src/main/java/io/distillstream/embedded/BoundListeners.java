package io.distillstream.embedded;

import io.distillstream.foundation.PortInUseException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import org.apache.kafka.server.ServerSocketFactory;

/**
 * The broker's two listening sockets, bound before anything else is started: a taken port is found
 * at once, and a free one that was picked can't be lost to another process on the way. Owns the
 * sockets until Kafka asks for them; from then on Kafka closes them.
 */
final class BoundListeners implements ServerSocketFactory, AutoCloseable {

  static final String CLIENTS = "PLAINTEXT";
  static final String CONTROLLER = "CONTROLLER";

  /** Connections that wait to be accepted, per socket; Kafka's own default. */
  private static final int BACKLOG = 50;

  private final ServerSocketChannel clients;
  private final ServerSocketChannel controller;

  private BoundListeners(ServerSocketChannel clients, ServerSocketChannel controller) {
    this.clients = clients;
    this.controller = controller;
  }

  /**
   * Binds the clients' port, and any free one for the controller, on the loopback interface.
   *
   * @throws PortInUseException if {@code clientsPort} is taken
   */
  static BoundListeners bind(int clientsPort) throws IOException {
    ServerSocketChannel clients = bound(clientsPort);
    try {
      return new BoundListeners(clients, bound(0));
    } catch (IOException | RuntimeException failure) {
      clients.close();
      throw failure;
    }
  }

  private static ServerSocketChannel bound(int port) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      channel.configureBlocking(false);
      channel.bind(new InetSocketAddress(loopback(), port), BACKLOG);
      return channel;
    } catch (BindException taken) {
      channel.close();
      throw new PortInUseException(loopback().getHostAddress(), port, "the Kafka broker", taken);
    } catch (IOException | RuntimeException failure) {
      channel.close();
      throw failure;
    }
  }

  private static InetAddress loopback() throws IOException {
    return InetAddress.getByAddress("127.0.0.1", new byte[] {127, 0, 0, 1});
  }

  int clientsPort() {
    return clients.socket().getLocalPort();
  }

  int controllerPort() {
    return controller.socket().getLocalPort();
  }

  @Override
  public ServerSocketChannel openServerSocket(
      String listenerName, InetSocketAddress address, int backlog, int receiveBufferBytes) {
    return switch (listenerName) {
      case CLIENTS -> clients;
      case CONTROLLER -> controller;
      default -> throw new IllegalArgumentException("Unknown listener " + listenerName);
    };
  }

  @Override
  public void close() {
    try (clients;
        controller) {
      // Both are closed, the second even if the first fails.
    } catch (IOException failure) {
      throw new UncheckedIOException("Could not close the broker's sockets", failure);
    }
  }
}
