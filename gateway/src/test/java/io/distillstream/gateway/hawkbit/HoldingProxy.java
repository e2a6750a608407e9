package io.distillstream.gateway.hawkbit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;

/** Passes requests on to a gateway, and can hold an answer back while something happens there. */
final class HoldingProxy implements AutoCloseable {

  private final HttpClient http = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final AtomicReference<Hold> hold = new AtomicReference<>();
  private final HttpServer server;
  private volatile URI gateway = URI.create("http://127.0.0.1:1");

  /** What happens before an answer goes out. */
  interface Event {
    void happen() throws Exception;
  }

  private record Hold(String end, Event event) {}

  HoldingProxy() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  void to(URI address) {
    gateway = address;
  }

  /** Has something happen before the next request is answered whose path ends so. */
  void holdNext(String end, Event event) {
    hold.set(new Hold(end, event));
  }

  /** Method, path and body of each request. */
  List<String> seen() {
    return seen;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      byte[] sent = exchange.getRequestBody().readAllBytes();
      seen.add("%s %s %s".formatted(exchange.getRequestMethod(), path, HawkbitGateways.text(sent)));
      HttpResponse<byte[]> answer = passedOn(exchange, sent);
      Hold next = hold.get();
      if (next != null && path.endsWith(next.end()) && hold.compareAndSet(next, null)) {
        next.event().happen();
      }
      answer
          .headers()
          .firstValue("Content-Type")
          .ifPresent(type -> exchange.getResponseHeaders().add("Content-Type", type));
      byte[] body = answer.body();
      exchange.sendResponseHeaders(answer.statusCode(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  private HttpResponse<byte[]> passedOn(HttpExchange exchange, byte[] sent) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(gateway.resolve(exchange.getRequestURI()))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(sent));
    for (String name : List.of("Authorization", "Content-Type")) {
      String value = exchange.getRequestHeaders().getFirst(name);
      if (value != null) {
        request.header(name, value);
      }
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }
}
