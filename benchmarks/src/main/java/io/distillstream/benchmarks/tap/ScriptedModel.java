package io.distillstream.benchmarks.tap;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * A server that says the same to all, with 20 alternatives for each token where it is asked for;
 * streamed at a steady pace where it is asked to stream.
 */
final class ScriptedModel implements AutoCloseable {

  /** Of an answer; of a streamed one, each is an event of its own. */
  static final int TOKENS = 32;

  private static final int ALTERNATIVES = 20;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(2);
  private final byte[] plain = answer("null").getBytes(UTF_8);
  private final byte[] scored = answer(logProbabilities(0, TOKENS)).getBytes(UTF_8);
  private final List<byte[]> plainEvents = events(false);
  private final List<byte[]> scoredEvents = events(true);
  private final long paceNanos;
  private final AtomicLongArray sent = new AtomicLongArray(TOKENS);

  ScriptedModel() throws IOException {
    this(0);
  }

  /**
   * @param paceNanos between two events of a stream
   */
  ScriptedModel(long paceNanos) throws IOException {
    this.paceNanos = paceNanos;
    // Else the body of an answer waits until the client's system acknowledges its head.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** When an event of the newest stream was sent, by {@link System#nanoTime}. */
  long sentNanos(int event) {
    return sent.get(event);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String asked = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    boolean scores = asked.contains("\"logprobs\":true");
    if (asked.contains("\"stream\":true")) {
      stream(exchange, scores ? scoredEvents : plainEvents);
      return;
    }
    byte[] answer = scores ? scored : plain;
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  private void stream(HttpExchange exchange, List<byte[]> events) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream body = exchange.getResponseBody()) {
      long due = System.nanoTime();
      for (int i = 0; i < TOKENS; i++) {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        sent.set(i, System.nanoTime());
        body.write(events.get(i));
        body.flush();
        due += paceNanos;
      }
      body.write("data: [DONE]\n\n".getBytes(UTF_8));
    }
  }

  private static String answer(String logProbabilities) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < TOKENS; i++) {
      text.append(token(i, 0));
    }
    return "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"%s\"},\"logprobs\":%s,\"finish_reason\":\"stop\"}]}"
        .formatted(text, logProbabilities);
  }

  private static List<byte[]> events(boolean scores) {
    return IntStream.range(0, TOKENS)
        .mapToObj(
            i ->
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"},\"logprobs\":%s,\"finish_reason\":%s}]}\n\n"
                    .formatted(
                        token(i, 0),
                        scores ? logProbabilities(i, i + 1) : "null",
                        i == TOKENS - 1 ? "\"stop\"" : "null")
                    .getBytes(UTF_8))
        .toList();
  }

  private static String logProbabilities(int from, int to) {
    List<String> tokens = new ArrayList<>();
    for (int i = from; i < to; i++) {
      List<String> alternatives = new ArrayList<>();
      for (int k = 0; k < ALTERNATIVES; k++) {
        alternatives.add(scored(token(i, k), -0.5 - k - i / 100.0) + "}");
      }
      tokens.add(
          scored(token(i, 0), -0.5 - i / 100.0)
              + ",\"top_logprobs\":["
              + String.join(",", alternatives)
              + "]}");
    }
    return "{\"content\":[" + String.join(",", tokens) + "]}";
  }

  private static String token(int number, int alternative) {
    return " t%dx%d".formatted(number, alternative);
  }

  private static String scored(String token, double logProbability) {
    return String.format(
        Locale.ROOT, "{\"token\":\"%s\",\"logprob\":%.4f,\"bytes\":null", token, logProbability);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
