package io.distillstream.local;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.distillstream.device.kafka.KafkaUpdateSource;
import io.distillstream.device.transport.DamagedArtifactException;
import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.tuf.TrustedTarget;
import io.distillstream.update.ArtifactRef;
import io.distillstream.update.UpdateManifest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A pipeline's repository over HTTP, read from its topics: {@code /metadata/} and {@code /targets/}
 * as every TUF client expects them. It has no key.
 */
final class ServedRepository implements AutoCloseable {

  private static final int DIGITS = 64;

  private final KafkaUpdateSource source;
  private final Path folder;
  private final HttpServer server;
  private final Map<String, Long> sizes = new HashMap<>();

  ServedRepository(ClusterSettings cluster, String updateKey, Path folder) throws IOException {
    this.source = new KafkaUpdateSource(cluster.connection(), cluster.pipeline(), updateKey);
    this.folder = folder;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      Optional<byte[]> file =
          path.startsWith("/metadata/")
              ? source.metadata().read(path.substring("/metadata/".length()), Integer.MAX_VALUE)
              : target(path);
      if (file.isPresent()) {
        exchange.sendResponseHeaders(200, file.get().length);
        exchange.getResponseBody().write(file.get());
      } else {
        exchange.sendResponseHeaders(404, -1);
      }
    }
  }

  private Optional<byte[]> target(String path) throws IOException {
    for (UpdateManifest update : source.poll(Duration.ofMillis(100))) {
      sizes.put(update.artifact().sha256(), update.artifact().sizeBytes());
    }
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (name.length() <= DIGITS || name.charAt(DIGITS) != '.') {
      return Optional.empty();
    }
    String digest = name.substring(0, DIGITS);
    Long size = sizes.get(digest);
    if (size == null) {
      return source.target(new TrustedTarget(path, 0, digest));
    }
    Path file = folder.resolve(digest);
    try {
      source.fetch(ArtifactRef.byDigest(size, digest), file);
      return Optional.of(Files.readAllBytes(file));
    } catch (DamagedArtifactException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    source.close();
  }
}
