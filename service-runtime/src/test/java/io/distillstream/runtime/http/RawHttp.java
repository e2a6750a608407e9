package io.distillstream.runtime.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Sends requests byte by byte: Java's own client sets {@code Host} and {@code Origin} itself. */
final class RawHttp {

  private final int port;

  RawHttp(int port) {
    this.port = port;
  }

  /** The whole answer, from its status line to the end of its body. */
  String send(String method, String path, List<String> headers, String body) throws IOException {
    return send(method + " " + path + " HTTP/1.1", headers, body);
  }

  /** A request of HTTP/1.0, which needs no {@code Host}. */
  String getOld(String path, String... headers) throws IOException {
    return send("GET " + path + " HTTP/1.0", List.of(headers), "");
  }

  private String send(String line, List<String> headers, String body) throws IOException {
    StringBuilder request = new StringBuilder(line + "\r\n");
    headers.forEach(header -> request.append(header).append("\r\n"));
    request.append("Content-Length: ").append(body.length()).append("\r\n");
    request.append("Connection: close\r\n\r\n").append(body);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  String get(String path, String... headers) throws IOException {
    return send("GET", path, List.of(headers), "");
  }
}
