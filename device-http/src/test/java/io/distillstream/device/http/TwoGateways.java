package io.distillstream.device.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.distillstream.foundation.Sha256;
import io.distillstream.update.ArrivalCounts;
import io.distillstream.update.ArtifactRef;
import io.distillstream.update.ManifestJson;
import io.distillstream.update.UpdateManifest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Two gateways behind a balancer: one has versions 1 and 2, the other has not heard of 2. The first
 * tells of what is new; the list of versions is always the other's.
 */
final class TwoGateways implements AutoCloseable {

  private static final byte[] OLD = manifest(1);
  private static final byte[] NEW = manifest(2);
  private static final String CHANNEL = "/v1/models/glosses/stable/";

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<String> lastEvents = new CopyOnWriteArrayList<>();
  private final List<String> tags = new CopyOnWriteArrayList<>();
  private final AtomicInteger absences = new AtomicInteger();
  private final HttpServer server;
  private final boolean events;

  /**
   * @param events whether streams of them come through
   */
  TwoGateways(boolean events) throws IOException {
    this.events = events;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(CHANNEL, this::answer);
    server.setExecutor(threads);
    server.start();
  }

  Gateway gateway() {
    return Gateway.at("http://127.0.0.1:" + server.getAddress().getPort(), null);
  }

  /** The next requests for the new manifest go to the gateway that does not have it. */
  void hideNewManifest(int times) {
    absences.set(times);
  }

  /** What each stream began after; empty for the beginning. */
  List<String> lastEvents() {
    return lastEvents;
  }

  /** What each poll knew; empty for nothing. */
  List<String> tags() {
    return tags;
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String what = exchange.getRequestURI().getPath().substring(CHANNEL.length());
      switch (what) {
        case "events" -> events(exchange);
        case "versions.json" ->
            send(
                exchange,
                utf8("{\"versions\":[{\"manifest_sha256\":\"" + Sha256.hex(OLD) + "\"}]}"));
        case "manifest.json" -> poll(exchange);
        default -> manifest(exchange, what);
      }
    }
  }

  private void events(HttpExchange exchange) throws IOException {
    if (!events) {
      exchange.getResponseHeaders().add("Content-Type", "text/html");
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    String last = header(exchange, "Last-Event-ID");
    lastEvents.add(last);
    exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    if (!last.equals(Sha256.hex(NEW))) {
      String event = "id: " + Sha256.hex(NEW) + "\nevent: update\ndata: {}\n\n";
      exchange.getResponseBody().write(utf8(event));
      exchange.getResponseBody().flush();
    }
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Polls go to the gateways in turn, and whoever has another version answers at once. */
  private void poll(HttpExchange exchange) throws IOException {
    String tag = header(exchange, "If-None-Match");
    tags.add(tag);
    byte[] newest = tags.size() % 2 == 1 ? NEW : OLD;
    exchange.getResponseHeaders().add("ETag", '"' + Sha256.hex(newest) + '"');
    send(exchange, newest);
  }

  private void manifest(HttpExchange exchange, String what) throws IOException {
    if (what.contains(Sha256.hex(OLD))) {
      send(exchange, OLD);
    } else if (absences.getAndDecrement() > 0) {
      exchange.sendResponseHeaders(404, -1);
    } else {
      send(exchange, NEW);
    }
  }

  private static void send(HttpExchange exchange, byte[] body) throws IOException {
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }

  private static String header(HttpExchange exchange, String name) {
    @Nullable String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }

  private static byte[] manifest(long version) {
    return ManifestJson.write(
        new UpdateManifest(
            "glosses",
            "stable",
            version,
            "labels",
            "onnx",
            ArtifactRef.byDigest(100, "ab".repeat(32)),
            List.of(),
            List.of(),
            version,
            ArrivalCounts.NONE));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
