package io.distillstream.device.http;

import io.distillstream.device.TestModels;
import io.distillstream.gateway.GatewayService;
import io.distillstream.gateway.GatewaySettings;
import io.distillstream.gateway.TestPublisher;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.Settings;
import io.distillstream.tuf.ChannelTargets;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topic;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.scan.TopicScan;
import io.distillstream.wire.trust.PublishedRepository;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.avro.specific.SpecificRecord;

/** A real gateway of a pipeline of its own, and who publishes to it. */
public final class ServedGateway implements AutoCloseable {

  private final ServiceContext context;
  private final TestPublisher publisher;
  private final Map<String, String> settings = new HashMap<>(Map.of("gateway.port", "0"));
  private GatewayService gateway;

  public ServedGateway(
      ClusterConnection cluster, Pipeline pipeline, Path data, Map<String, String> settings) {
    this.settings.putAll(settings);
    context = ServiceContext.connect(pipeline, cluster, data, "1");
    publisher =
        new TestPublisher(cluster, context.wire(), pipeline, TestModels.LABELS.fingerprint());
    gateway = started();
  }

  /** A repository of its own, with new keys. */
  public PublishedRepository repository(Path keys) throws Exception {
    return new PublishedRepository(
        context.cluster(),
        context.wire(),
        context.pipeline(),
        new ChannelTargets(TestPublisher.MODEL, TestPublisher.CHANNEL),
        keys);
  }

  /** Has what is published from here on signed; the repository is to be published besides. */
  public void signedBy(PublishedRepository repository) {
    publisher.sign(repository::sign);
  }

  /** Signs what is published from here on no longer. */
  public void signNoLonger() {
    publisher.sign(UnaryOperator.identity());
  }

  public String url() {
    return gateway.address().orElseThrow().toString();
  }

  public int port() {
    return gateway.address().orElseThrow().getPort();
  }

  /** Ends the gateway; its port is free then. */
  public void stop() {
    settings.put("gateway.port", String.valueOf(port()));
    gateway.close();
  }

  /** Starts it again where it was. */
  public void startAgain() {
    gateway = started();
  }

  public void publish(long version) {
    publish(version, TestModels.model(version));
  }

  public void publish(long version, byte[] model) {
    List<Float> logits = new ArrayList<>();
    for (float logit : TestModels.logits(version, "a dog")) {
      logits.add(logit);
    }
    publisher.publish(version, model, "a dog", logits);
  }

  /** How many versions the gateway offers. */
  public int offeredVersions() throws Exception {
    String list = get("/v1/models/glosses/stable/versions.json");
    return list.split("manifest_sha256", -1).length - 1;
  }

  /** What the gateway answers. */
  public String get(String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(url() + path)).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  /** What one of the gateway's own metrics shows, summed over its labels. */
  public double metric(String name) throws Exception {
    return get("/metrics")
        .lines()
        .filter(line -> line.startsWith("distillstream_gateway_" + name + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  public <T extends SpecificRecord> List<T> read(Topic<T> topic) {
    Codec<T> codec = context.wire().codec(topic, context.pipeline());
    List<T> records = new ArrayList<>();
    try (TopicScan scan = new TopicScan(context.cluster())) {
      scan.read(scan.whole(codec.topic()), record -> records.add(decoded(codec, record.value())));
    }
    return records;
  }

  private static <T extends SpecificRecord> T decoded(Codec<T> codec, byte[] value) {
    try {
      return codec.decode(value);
    } catch (UndecodableRecordException e) {
      throw new AssertionError(e);
    }
  }

  private GatewayService started() {
    GatewayService service =
        new GatewayService(
            GatewaySettings.from(Settings.load(GatewaySettings.all(), settings)), context);
    service.start();
    return service;
  }

  @Override
  public void close() {
    gateway.close();
    context.close();
  }
}
