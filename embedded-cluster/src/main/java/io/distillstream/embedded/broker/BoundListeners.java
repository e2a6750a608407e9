package io.distillstream.embedded.broker;

import io.distillstream.foundation.PortInUseException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.server.ServerSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * The broker's listening sockets, bound before anything else is started: a taken port is found at
 * once, and a free one that was picked can't be lost to another process on the way. Owns the
 * sockets until Kafka asks for them; from then on Kafka closes them.
 */
final class BoundListeners implements ServerSocketFactory, AutoCloseable {

  static final String CLIENTS = "PLAINTEXT";
  static final String CONTROLLER = "CONTROLLER";

  /** Connections that wait to be accepted, per socket; Kafka's own default. */
  private static final int BACKLOG = 50;

  private final Map<String, ServerSocketChannel> channels = new LinkedHashMap<>();

  private BoundListeners() {}

  /**
   * Binds the clients' port, and any free one for the controller and each other listener, on the
   * loopback interface.
   *
   * @param others names of more listeners
   * @throws PortInUseException if {@code clientsPort} is taken
   */
  static BoundListeners bind(int clientsPort, Set<String> others) throws IOException {
    BoundListeners listeners = new BoundListeners();
    try {
      listeners.channels.put(CLIENTS, bound(clientsPort));
      listeners.channels.put(CONTROLLER, bound(0));
      for (String other : others) {
        listeners.channels.put(other, bound(0));
      }
      return listeners;
    } catch (IOException | RuntimeException failure) {
      listeners.close();
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

  /** The port that a listener of this name is bound to. */
  int port(String listener) {
    return channel(listener).socket().getLocalPort();
  }

  private ServerSocketChannel channel(String listener) {
    ServerSocketChannel channel = channels.get(listener);
    if (channel == null) {
      throw new IllegalArgumentException("Unknown listener " + listener);
    }
    return channel;
  }

  @Override
  public ServerSocketChannel openServerSocket(
      String listenerName, InetSocketAddress address, int backlog, int receiveBufferBytes) {
    return channel(listenerName);
  }

  /** Closes all of them, the others even if one fails to. */
  @Override
  public void close() {
    @Nullable IOException failed = null;
    for (ServerSocketChannel channel : channels.values()) {
      try {
        channel.close();
      } catch (IOException failure) {
        failed = failure;
      }
    }
    if (failed != null) {
      throw new UncheckedIOException("Could not close the broker's sockets", failed);
    }
  }
}
