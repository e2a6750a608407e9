package io.distillstream.benchmarks.gateway;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Devices that listen for events and do nothing else, watched by one thread. */
final class ListeningDevices implements AutoCloseable {

  private static final String EVENT = "event: update";

  private final Selector selector = Selector.open();
  private final List<SocketChannel> devices = new ArrayList<>();
  private final Thread thread = new Thread(this::read, "listening-devices");
  private final List<Long> arrivals = new ArrayList<>();

  ListeningDevices(URI gateway, String path, int count) throws IOException {
    byte[] request =
        "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"
            .formatted(path)
            .getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < count; i++) {
      SocketChannel device =
          SocketChannel.open(new InetSocketAddress(gateway.getHost(), gateway.getPort()));
      device.write(ByteBuffer.wrap(request));
      device.configureBlocking(false);
      device.register(selector, SelectionKey.OP_READ);
      devices.add(device);
    }
    thread.setDaemon(true);
    thread.start();
  }

  /** Times of arrival since the last call, from {@link System#nanoTime}, once there are so many. */
  synchronized List<Long> await(int events) throws InterruptedException {
    while (arrivals.size() < events) {
      wait();
    }
    List<Long> all = List.copyOf(arrivals);
    arrivals.clear();
    return all;
  }

  private void read() {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 14);
    try {
      while (selector.isOpen()) {
        selector.select(key -> read(key, buffer));
      }
    } catch (IOException | ClosedSelectorException e) {
      // The run is over.
    }
  }

  private void read(SelectionKey key, ByteBuffer buffer) {
    try {
      buffer.clear();
      if (((SocketChannel) key.channel()).read(buffer) < 0) {
        throw new IOException("The gateway ended a stream");
      }
      String text = StandardCharsets.UTF_8.decode(buffer.flip()).toString();
      // An event is sent in one piece.
      int events = text.split(EVENT, -1).length - 1;
      arrived(events);
    } catch (IOException e) {
      key.cancel();
      throw new IllegalStateException("A device lost its gateway", e);
    }
  }

  private synchronized void arrived(int events) {
    long now = System.nanoTime();
    for (int i = 0; i < events; i++) {
      arrivals.add(now);
    }
    notifyAll();
  }

  @Override
  public void close() throws IOException {
    selector.close();
    for (SocketChannel device : devices) {
      device.close();
    }
  }
}
