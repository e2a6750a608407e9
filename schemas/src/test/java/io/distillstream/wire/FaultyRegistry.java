package io.distillstream.wire;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.Schema;

/** A schema registry that knows one schema, by the id 1, and breaks as sockets and proxies do. */
final class FaultyRegistry implements AutoCloseable {

  /** What it does when it is asked. */
  interface Answer {
    void give(Socket client) throws IOException;
  }

  private static final int KNOWN = 1;
  private static final int TLS_HANDSHAKE = 0x16;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ServerSocket server;
  private final Answer sound;
  private final AtomicInteger asked = new AtomicInteger();
  private volatile Answer answer;

  FaultyRegistry(Schema schema) throws IOException {
    String text = schema.toString();
    sound =
        http("200 OK", JSON.writeValueAsString(Map.of("id", KNOWN, "version", 1, "schema", text)));
    answer = sound;
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "faulty-registry");
    thread.setDaemon(true);
    thread.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  /** How often somebody connected. */
  int asked() {
    return asked.get();
  }

  void answerWith(Answer with) {
    answer = with;
  }

  void recover() {
    answer = sound;
  }

  static Answer http(String status, String body) {
    return http(status, body.getBytes(StandardCharsets.UTF_8).length, body);
  }

  /** An answer that announces so many bytes, and ends after its body. */
  static Answer http(String status, int announced, String body) {
    String text =
        "HTTP/1.1 %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
            .formatted(status, announced, body);
    return client -> client.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  static void reset(Socket client) throws IOException {
    client.setSoLinger(true, 0);
  }

  static void hangUp(Socket client) throws IOException {
    client.shutdownOutput();
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        asked.incrementAndGet();
        readRequest(client.getInputStream());
        answer.give(client);
      } catch (IOException ignored) {
        // The client went away, or the test is over.
      }
    }
  }

  private static void readRequest(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    String text = "";
    while (!text.endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        return;
      }
      if (next == TLS_HANDSHAKE && text.isEmpty()) {
        in.skipNBytes(in.available());
        return;
      }
      head.write(next);
      text = head.toString(StandardCharsets.ISO_8859_1);
    }
    for (String line : text.toLowerCase(Locale.ROOT).split("\r\n", -1)) {
      if (line.startsWith("content-length:")) {
        in.readNBytes(Integer.parseInt(line.substring("content-length:".length()).trim()));
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
