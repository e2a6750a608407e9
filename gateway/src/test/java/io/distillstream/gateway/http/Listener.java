package io.distillstream.gateway.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A device's connection to a stream of events, of which it reads only what a test asks for. */
final class Listener implements AutoCloseable {

  private static final int RECEIVE_BYTES = 4_096;

  private final Socket socket = new Socket();
  private final BufferedReader lines;

  /**
   * @param headers further ones, each with its end
   */
  Listener(int port, String path, String headers) throws IOException {
    socket.setReceiveBufferSize(RECEIVE_BYTES);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    String request = "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n".formatted(path, headers);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    lines =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Status and headers. */
  String head() throws IOException {
    StringBuilder head = new StringBuilder();
    for (String line = lines.readLine(); line != null && !line.isEmpty(); line = lines.readLine()) {
      head.append(line).append('\n');
    }
    return head.toString();
  }

  /** The data of the event with this id; those before it are passed over. */
  String event(String id) throws IOException {
    boolean found = false;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      found |= line.equals("id: " + id);
      if (found && line.startsWith("data: ")) {
        return line;
      }
    }
    throw new IOException("The stream ended before event " + id);
  }

  /** Whether so many comments come. */
  boolean heartbeats(int count) throws IOException {
    int seen = 0;
    for (String line = lines.readLine(); line != null && seen < count; line = lines.readLine()) {
      seen += line.equals(":") ? 1 : 0;
    }
    return seen == count;
  }

  /** Returns once the server has ended the stream. */
  void awaitEnd() throws IOException {
    String line = lines.readLine();
    while (line != null) {
      line = lines.readLine();
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
