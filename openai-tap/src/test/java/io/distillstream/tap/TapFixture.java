package io.distillstream.tap;

import static org.awaitility.Awaitility.await;

import io.distillstream.avro.Completion;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.Settings;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.scan.TopicScan;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/** A tap of a pipeline, and a client that calls it. */
final class TapFixture implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ServiceContext context;
  private final TapService tap;
  private final HttpClient http = HttpClient.newHttpClient();

  /**
   * @param more settings by their keys
   */
  TapFixture(
      ClusterConnection cluster,
      String pipeline,
      Path data,
      URI upstream,
      Map<String, String> more) {
    context = ServiceContext.connect(new Pipeline(pipeline), cluster, data, "1");
    try (Admin admin = Admin.create(cluster.adminProperties())) {
      TopicInstaller.install(admin, context.wire(), context.pipeline());
    }
    Map<String, String> settings = new HashMap<>();
    settings.put("tap.port", "0");
    settings.put("tap.upstream", upstream.toString());
    settings.put("tap.top-logprobs", "3");
    settings.putAll(more);
    tap = new TapService(TapSettings.from(Settings.load(TapSettings.all(), settings)), context);
    tap.start();
  }

  URI url(String path) {
    return tap.address().orElseThrow().resolve(path);
  }

  static HttpRequest.Builder question(URI url, String body) {
    return HttpRequest.newBuilder(url)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  HttpResponse<String> ask(String body) throws IOException, InterruptedException {
    return send(question(url("/v1/chat/completions"), body).build());
  }

  HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /** A figure that the tap shows, such as {@code distillstream_tap_exchanges_total}. */
  double metric(String nameAndLabels) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(url("/metrics")).build())
        .body()
        .lines()
        .filter(line -> line.startsWith(nameAndLabels))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** What is on the topic once there are so many. */
  List<Completion> completions(int count) {
    List<Completion> all = new ArrayList<>();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              all.clear();
              all.addAll(published());
              return all.size() >= count;
            });
    return all;
  }

  private List<Completion> published() {
    Codec<Completion> codec = context.wire().codec(Topics.COMPLETIONS, context.pipeline());
    List<Completion> all = new ArrayList<>();
    try (TopicScan scan = new TopicScan(context.cluster())) {
      scan.read(
          scan.whole(codec.topic()),
          record -> {
            try {
              all.add(codec.decode(record.value()));
            } catch (UndecodableRecordException e) {
              throw new AssertionError(e);
            }
          });
    }
    return all;
  }

  @Override
  public void close() {
    tap.close();
    context.close();
  }
}
