package io.distillstream.runtime.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/**
 * A connection whose bytes a test sends piece by piece, and which holds few that it did not read.
 */
final class OpenSocket implements AutoCloseable {

  private static final int RECEIVE_BYTES = 4_096;

  private final Socket socket;

  OpenSocket(int port) throws IOException {
    this(connected(port));
  }

  private OpenSocket(Socket socket) {
    this.socket = socket;
  }

  /** Over TLS, whose handshake comes with the first bytes. */
  static OpenSocket overTls(int port, SSLContext tls) throws IOException {
    return new OpenSocket(
        tls.getSocketFactory().createSocket(connected(port), "localhost", port, true));
  }

  private static Socket connected(int port) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(RECEIVE_BYTES);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return socket;
  }

  /** The head of a request with a JSON body of so many bytes, of which none is sent yet. */
  static OpenSocket posting(int port, String path, int bodyBytes) throws IOException {
    OpenSocket open = new OpenSocket(port);
    open.post(path, bodyBytes);
    return open;
  }

  /** The same on an open connection. */
  void post(String path, int bodyBytes) throws IOException {
    send(
        "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n".formatted(path)
            + "Content-Length: %d\r\nConnection: close\r\n\r\n".formatted(bodyBytes));
  }

  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.US_ASCII));
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** Everything the server sends until it closes the connection. */
  String answer() throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** What the server sends, as it comes. */
  Stream<String> lines() throws IOException {
    return new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
        .lines();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
