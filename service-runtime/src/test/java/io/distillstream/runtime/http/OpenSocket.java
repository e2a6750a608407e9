package io.distillstream.runtime.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A connection whose bytes a test sends piece by piece. */
final class OpenSocket implements AutoCloseable {

  private final Socket socket;

  OpenSocket(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
  }

  /** The head of a request with a JSON body of so many bytes, of which none is sent yet. */
  static OpenSocket posting(int port, String path, int bodyBytes) throws IOException {
    OpenSocket open = new OpenSocket(port);
    open.send(
        "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n".formatted(path)
            + "Content-Length: %d\r\nConnection: close\r\n\r\n".formatted(bodyBytes));
    return open;
  }

  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Everything the server sends until it closes the connection. */
  String answer() throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
