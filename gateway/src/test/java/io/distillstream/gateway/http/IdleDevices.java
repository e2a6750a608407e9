package io.distillstream.gateway.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Many devices that listen for events, watched by one thread. */
final class IdleDevices implements AutoCloseable {

  private final Selector selector = Selector.open();
  private final List<SocketChannel> devices = new ArrayList<>();
  private final AtomicInteger events = new AtomicInteger();
  private final Thread thread = new Thread(this::read, "idle-devices");

  IdleDevices(int port, int count, String path) throws IOException {
    byte[] request =
        "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"
            .formatted(path)
            .getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < count; i++) {
      SocketChannel device =
          SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      device.write(ByteBuffer.wrap(request));
      device.configureBlocking(false);
      device.register(selector, SelectionKey.OP_READ);
      devices.add(device);
    }
    thread.setDaemon(true);
    thread.start();
  }

  /** How many events all of them got together. */
  int events() {
    return events.get();
  }

  private void read() {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 14);
    try {
      while (selector.isOpen()) {
        selector.select(key -> read(key, buffer));
      }
    } catch (IOException | ClosedSelectorException e) {
      // The test is over.
    }
  }

  private void read(SelectionKey key, ByteBuffer buffer) {
    try {
      buffer.clear();
      if (((SocketChannel) key.channel()).read(buffer) < 0) {
        key.cancel();
        return;
      }
      String text = StandardCharsets.UTF_8.decode(buffer.flip()).toString();
      // An event is a chunk, and so arrives whole.
      events.addAndGet(text.split("event: update", -1).length - 1);
    } catch (IOException e) {
      key.cancel();
    }
  }

  @Override
  public void close() throws IOException {
    selector.close();
    for (SocketChannel device : devices) {
      device.close();
    }
  }
}
