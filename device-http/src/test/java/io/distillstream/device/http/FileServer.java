package io.distillstream.device.http;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Serves one file by its digest, one answer a connection, each cut where a test wants. */
final class FileServer implements AutoCloseable {

  private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Queue<Integer> cuts = new ConcurrentLinkedQueue<>();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger ranges = new AtomicInteger();
  private final byte[] file;
  private volatile String digest;
  private volatile boolean rangesIgnored;

  FileServer(byte[] file, String digest) throws IOException {
    this.file = file;
    this.digest = digest;
    Thread thread = new Thread(this::serve, "file-server");
    thread.setDaemon(true);
    thread.start();
  }

  String url() {
    return "http://127.0.0.1:" + listening.getLocalPort();
  }

  /** Bytes of the answer with the whole file, its head included. */
  int answerBytes() {
    return answer(0, true).length;
  }

  /** Of the next answer only so many bytes are sent. */
  void cutNext(int bytes) {
    cuts.add(bytes);
  }

  void ignoreRanges() {
    rangesIgnored = true;
  }

  void answerTo(String otherDigest) {
    digest = otherDigest;
  }

  int requests() {
    return requests.get();
  }

  /** How many of the requests asked for a part. */
  int ranges() {
    return ranges.get();
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }

  private void serve() {
    while (!listening.isClosed()) {
      try (Socket client = listening.accept()) {
        answer(client);
      } catch (IOException e) {
        // The client is gone, or the test is over.
      }
    }
  }

  private void answer(Socket client) throws IOException {
    BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
    String request = lines.readLine();
    boolean known = request != null && request.contains("/v1/artifacts/" + digest + " ");
    int from = 0;
    boolean sameFile = false;
    for (String line = lines.readLine(); line != null && !line.isEmpty(); line = lines.readLine()) {
      if (line.startsWith("Range: bytes=")) {
        from = Integer.parseInt(line.replaceAll("\\D", ""));
      }
      sameFile |= line.equals("If-Range: \"" + digest + "\"");
    }
    requests.incrementAndGet();
    ranges.addAndGet(from > 0 ? 1 : 0);
    byte[] answer = answer(sameFile && !rangesIgnored ? from : 0, known);
    Integer cut = cuts.poll();
    client
        .getOutputStream()
        .write(answer, 0, cut == null ? answer.length : Math.min(cut, answer.length));
  }

  private byte[] answer(int from, boolean known) {
    String head =
        !known
            ? "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n"
            : from == 0
                ? "HTTP/1.1 200 OK\r\nContent-Length: " + file.length + "\r\n"
                : "HTTP/1.1 206 Partial Content\r\nContent-Length: %d\r\nContent-Range: bytes %d-%d/%d\r\n"
                    .formatted(file.length - from, from, file.length - 1, file.length);
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    answer.writeBytes((head + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    answer.writeBytes(known ? Arrays.copyOfRange(file, from, file.length) : new byte[0]);
    return answer.toByteArray();
  }
}
