package io.distillstream.gateway.http;

import io.distillstream.foundation.Sha256;
import io.distillstream.gateway.channel.Channel;
import io.distillstream.gateway.channel.Channels;
import io.distillstream.gateway.channel.Publication;
import io.distillstream.gateway.store.ArtifactStore;
import io.distillstream.gateway.trust.TrustFiles;
import io.distillstream.http.RequestRate;
import io.distillstream.http.access.AccessRules;
import io.distillstream.http.access.KeyFile;
import io.distillstream.runtime.http.HttpListener;
import io.distillstream.runtime.http.HttpServer;
import io.distillstream.update.ArrivalCounts;
import io.distillstream.update.ArtifactRef;
import io.distillstream.update.ExpectedLogits;
import io.distillstream.update.UpdateManifest;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.server.Handler;
import org.jspecify.annotations.Nullable;

/** What devices read, on a real server, without a pipeline behind it. */
final class ServedReads implements AutoCloseable {

  private static final Duration HEARTBEAT = Duration.ofMillis(200);
  private static final int KEPT = 8;

  final Channels channels = new Channels();
  final TrustFiles trust = new TrustFiles();
  final CountedDevices metrics = new CountedDevices();
  private final ArtifactStore store;
  private final EventStreams streams;
  private final HttpServer server;
  private final HttpClient http = HttpClient.newHttpClient();

  ServedReads(Path folder, Optional<String> token) throws Exception {
    this(folder, token, 10_000, Optional.empty());
  }

  /**
   * @param requestsPerAddress that one client may send a second
   * @param browserRuntime folder of ONNX Runtime for browsers
   */
  ServedReads(
      Path folder, Optional<String> token, int requestsPerAddress, Optional<Path> browserRuntime)
      throws Exception {
    store = ArtifactStore.open(folder);
    streams = new EventStreams(metrics, HEARTBEAT);
    AccessRules access = AccessRules.NONE.withOpenPaths(DevicePage.PATHS);
    if (token.isPresent()) {
      Path file = Files.writeString(Files.createTempFile("token", ""), token.get());
      file.toFile().deleteOnExit();
      access = access.withKeyFile(new KeyFile("gateway.token-file", file, KeyFile.Form.SINGLE));
    }
    DeviceReads reads = new DeviceReads(channels, store, streams, metrics);
    reads.setHandler(new RepositoryReads(trust, channels, store, metrics));
    DevicePage page = new DevicePage(browserRuntime);
    page.setHandler(reads);
    Handler.Wrapper limit = RequestRate.limit(requestsPerAddress);
    limit.setHandler(page);
    server =
        HttpServer.start(
            HttpListener.loopback("gateway", 0).withAccess(access),
            List.of(),
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            limit,
            new Handler.Wrapper(),
            config -> {});
  }

  /** Publishes bytes as the next version of glosses/stable. */
  Publication publish(long version, byte[] artifact) throws Exception {
    return publish(version, artifact, null);
  }

  /**
   * Publishes bytes as the next version of glosses/stable.
   *
   * @param signed the manifest's bytes that were signed, if any were
   */
  Publication publish(long version, byte[] artifact, byte @Nullable [] signed) throws Exception {
    ArtifactRef file = ArtifactRef.byDigest(artifact.length, Sha256.hex(artifact));
    store.require(file, (wanted, target) -> Files.write(target, artifact));
    Publication publication =
        new Publication(
            new UpdateManifest(
                "glosses",
                "stable",
                version,
                "labels",
                "onnx",
                file,
                List.of(),
                List.of(new ExpectedLogits("a dog", List.of(1f, 2f))),
                100,
                ArrivalCounts.NONE),
            signed,
            null);
    Channel channel = channels.of("glosses", "stable");
    List<Publication> all = new ArrayList<>(channel.publications());
    all.add(publication);
    channel.offer(all.subList(Math.max(0, all.size() - KEPT), all.size()));
    return publication;
  }

  URI uri(String path) {
    return server.address().resolve(path);
  }

  int port() {
    return server.port();
  }

  /**
   * An answer.
   *
   * @param headers names and values in turn
   */
  HttpResponse<byte[]> get(String path, String... headers) throws Exception {
    return http.send(request(path, headers).build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  HttpResponse<byte[]> send(String method, String path) throws Exception {
    return http.send(
        request(path).method(method, HttpRequest.BodyPublishers.noBody()).build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
    return headers.length == 0 ? request : request.headers(headers);
  }

  HttpClient client() {
    return http;
  }

  @Override
  public void close() {
    streams.close();
    server.close();
  }
}
