package io.distillstream.openai;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A server that writes the bytes that a script says, and remembers what it was asked. */
public final class ScriptedUpstream implements AutoCloseable {

  /** What came. */
  public record Asked(String head, String body) {
    /** Whether it wants to be told alternatives of each token. */
    public boolean asksForLogProbabilities() {
      return body.contains("\"logprobs\":true");
    }
  }

  /** Writes a response, head included. */
  public interface Script {
    void answer(Asked asked, OutputStream out) throws IOException;
  }

  /** In the order in which they came. */
  public final List<Asked> asked = new CopyOnWriteArrayList<>();

  /** Opened when a client closes its connection before the answer is written. */
  public final CountDownLatch left = new CountDownLatch(1);

  private final ServerSocket socket;
  private final Thread acceptor;
  private volatile Script script = (request, out) -> plain(out, 200, "", "{}");

  /** On a port that the system gives. */
  public ScriptedUpstream() throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    acceptor = daemon(this::accept);
  }

  /** With {@code /v1} at its end. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/v1");
  }

  /** From the next request on. */
  public void play(Script next) {
    script = next;
  }

  /** A whole response. */
  public static void plain(OutputStream out, int status, String headers, String body)
      throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    out.write(
        "HTTP/1.1 %d Said\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n"
            .formatted(status, headers, bytes.length)
            .getBytes(ISO_8859_1));
    out.write(bytes);
    out.flush();
  }

  /** Begins a stream. */
  public static void streamHead(OutputStream out) throws IOException {
    out.write(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            .getBytes(US_ASCII));
    out.flush();
  }

  /** One chunk, sent at once. */
  public static void chunk(OutputStream out, byte[] bytes) throws IOException {
    ByteArrayOutputStream chunk = new ByteArrayOutputStream();
    chunk.writeBytes((Integer.toHexString(bytes.length) + "\r\n").getBytes(US_ASCII));
    chunk.writeBytes(bytes);
    chunk.writeBytes("\r\n".getBytes(US_ASCII));
    out.write(chunk.toByteArray());
    out.flush();
  }

  /** A whole stream, cut into chunks anywhere. */
  public static void stream(OutputStream out, String text, long seed) throws IOException {
    streamHead(out);
    byte[] bytes = text.getBytes(UTF_8);
    Random random = new Random(seed);
    for (int at = 0; at < bytes.length; ) {
      int length = Math.min(bytes.length - at, 1 + random.nextInt(random.nextBoolean() ? 8 : 400));
      chunk(out, java.util.Arrays.copyOfRange(bytes, at, at + length));
      at += length;
    }
    out.write("0\r\n\r\n".getBytes(US_ASCII));
    out.flush();
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = socket.accept();
        if (socket.isClosed()) {
          connection.close();
          return;
        }
        connection.setTcpNoDelay(true);
        Thread unused = daemon(() -> serve(connection));
      }
    } catch (IOException e) {
      // It was closed.
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      InputStream in = new BufferedInputStream(connection.getInputStream());
      String head = head(in);
      while (!head.isEmpty()) {
        Asked request = new Asked(head, new String(in.readNBytes(length(head)), UTF_8));
        asked.add(request);
        script.answer(request, connection.getOutputStream());
        head = head(in);
      }
    } catch (IOException | UncheckedIOException e) {
      left.countDown();
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        return "";
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static int length(String head) {
    return head.lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
        .mapToInt(line -> Integer.parseInt(line.substring(line.indexOf(':') + 1).strip()))
        .findFirst()
        .orElse(0);
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "scripted-upstream");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /**
   * Nobody gets in once it returns: until the thread that accepts is back, the system still may.
   */
  @Override
  public void close() throws IOException {
    socket.close();
    try {
      acceptor.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
