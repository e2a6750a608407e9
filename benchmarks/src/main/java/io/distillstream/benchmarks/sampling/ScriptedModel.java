package io.distillstream.benchmarks.sampling;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server that says the same to all, with 20 alternatives for each token where it is asked for.
 */
final class ScriptedModel implements AutoCloseable {

  private static final int TOKENS = 32;
  private static final int ALTERNATIVES = 20;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(2);
  private final byte[] plain = answer("null").getBytes(UTF_8);
  private final byte[] scored = answer(logProbabilities()).getBytes(UTF_8);

  ScriptedModel() throws IOException {
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

  private void answer(HttpExchange exchange) throws IOException {
    String asked = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    byte[] answer = asked.contains("\"logprobs\":true") ? scored : plain;
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  private static String answer(String logProbabilities) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < TOKENS; i++) {
      text.append(token(i, 0));
    }
    return "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"%s\"},\"logprobs\":%s,\"finish_reason\":\"stop\"}]}"
        .formatted(text, logProbabilities);
  }

  private static String logProbabilities() {
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < TOKENS; i++) {
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
