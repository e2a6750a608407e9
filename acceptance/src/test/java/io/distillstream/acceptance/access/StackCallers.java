package io.distillstream.acceptance.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.device.DeviceClient;
import io.distillstream.device.DeviceSettings;
import io.distillstream.device.http.Gateway;
import io.distillstream.device.http.HttpDevice;
import io.distillstream.device.kafka.KafkaDevice;
import io.distillstream.device.trust.TrustedRoot;
import io.distillstream.embedded.secured.SecuredCluster;
import io.distillstream.local.services.ServiceKind;
import io.distillstream.wire.Topics;
import io.distillstream.wire.access.Role;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Who comes to a stack from outside: callers of its services, devices, and a writer of rubbish. */
final class StackCallers {

  private final SecuredStack stack;
  private final SecuredCluster cluster;
  private final Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  /**
   * @param folder of devices' files
   */
  StackCallers(SecuredStack stack, SecuredCluster cluster, Path folder) {
    this.stack = stack;
    this.cluster = cluster;
    this.folder = folder;
  }

  /** What no reader can read, on each topic whose reader sets such records aside. */
  void poison() throws Exception {
    try (Producer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", cluster.plainBootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (String topic :
          List.of(
              Topics.REQUESTS.in(SecuredStack.PIPELINE),
              Topics.SOFT_LABELS.in(SecuredStack.PIPELINE),
              Topics.TRAINING_EXAMPLES.in(SecuredStack.PIPELINE),
              Topics.CHECKPOINTS.in(SecuredStack.PIPELINE))) {
        producer.send(new ProducerRecord<>(topic, new byte[] {1}, new byte[] {1})).get();
      }
    }
  }

  /** A label of a request that has one, one of a new text, and all of them in a file. */
  void labels(Commands commands) throws Exception {
    Path others = folder.resolve("others.jsonl");
    Files.writeString(
        others,
        """
        {"request_id": "gloss-0", "text": "a small dog", "teacher_id": "other", "labels": ["animal"], "probabilities": [0.9]}
        {"text": "a big dog", "teacher_id": "other", "labels": ["animal"], "probabilities": [0.9], "ground_truth": "animal"}
        """);
    Map<String, String> settings = stack.settings(Role.LABELS);
    commands.run(settings, "labels", "import", others.toString());
    commands.run(settings, "labels", "stats");
    commands.run(settings, "labels", "export", folder.resolve("labels.jsonl").toString());
  }

  /** Texts made up, and chosen by what the student says of them. */
  void synthesize(Commands commands) throws Exception {
    commands.run(
        stack.settings(Role.SYNTHESIZE),
        "synthesize",
        "--count=8",
        "--round=4",
        "--candidates=2",
        "--climb=1",
        "--beside-traffic",
        "--url=" + stack.address(ServiceKind.TEACHER));
  }

  DeviceClient kafkaDevice() throws Exception {
    return KafkaDevice.open(
        DeviceSettings.of("d1", SecuredStack.MODEL, "stable", folder.resolve("device-1"))
            .withTrustedRoot(root()),
        stack.cluster(Role.DEVICE).connection(),
        SecuredStack.PIPELINE);
  }

  DeviceClient gatewayDevice() throws Exception {
    return HttpDevice.open(
        DeviceSettings.of("d2", SecuredStack.MODEL, "stable", folder.resolve("device-2"))
            .withTrustedRoot(root()),
        Gateway.at(stack.address(ServiceKind.GATEWAY).toString(), null));
  }

  private TrustedRoot root() throws Exception {
    return TrustedRoot.read(stack.trust().resolve("metadata").resolve("root.json"));
  }

  HttpResponse<String> ask(ServiceKind kind, String path, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(stack.address(kind).resolve(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  String get(ServiceKind kind, String path) throws Exception {
    return client
        .send(
            HttpRequest.newBuilder(stack.address(kind).resolve(path)).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  void post(ServiceKind kind, String path, String body) throws Exception {
    HttpResponse<String> answer = ask(kind, path, body);
    assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
  }
}
