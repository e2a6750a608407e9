package io.distillstream.teacher.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.runtime.http.HttpListener;
import io.distillstream.runtime.http.HttpServer;
import io.distillstream.teacher.publish.GroundTruthPublisher;
import io.distillstream.teacher.publish.Publication;
import io.distillstream.teacher.publish.TrafficRecords;
import io.distillstream.teacher.queue.CountedTraffic;
import io.distillstream.teacher.queue.Fixtures;
import io.distillstream.teacher.queue.HttpText;
import io.distillstream.teacher.queue.LabelQueue;
import io.distillstream.teacher.queue.LengthTeacher;
import io.distillstream.teacher.queue.Pace;
import io.distillstream.teacher.queue.QueueBounds;
import io.distillstream.wire.WireFormat;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.jetty.server.Handler;

/** The API over a real server; its queue is emptied by the tests themselves. */
final class ServedApi implements AutoCloseable {

  static final int MAX_BODY_BYTES = 1_000;
  static final Duration EXPECTED = Duration.ofSeconds(1);
  static final Duration ANSWER_WITHIN = Duration.ofSeconds(3);

  /** Why nothing can be recorded. */
  volatile Optional<String> hindrance = Optional.empty();

  private final LengthTeacher teacher = new LengthTeacher();
  private final TeacherApi api;
  private final HttpServer server;

  final WireFormat wire = Fixtures.wire();
  final MockProducer<String, byte[]> producer =
      new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
  final LabelQueue queue;
  final CountedTraffic metrics = new CountedTraffic();
  final TeacherClient client;

  ServedApi() {
    this(Fixtures.fast(), ANSWER_WITHIN);
  }

  /** Its teacher needs half a second for a word, and answers are expected within a second. */
  static ServedApi slow() {
    return new ServedApi(Fixtures.pace(Duration.ofMillis(500)), Duration.ofSeconds(30));
  }

  private ServedApi(Pace pace, Duration answerWithin) {
    queue =
        new LabelQueue(
            new QueueBounds(4, 4, 1, Duration.ZERO, Duration.ZERO, EXPECTED, answerWithin), pace);
    api =
        new TeacherApi(
            teacher,
            queue,
            new GroundTruthPublisher(
                producer,
                new TrafficRecords(Fixtures.PIPELINE, wire, Publication.DENSE),
                () -> Fixtures.RECEIVED),
            metrics,
            new TeacherApi.Limits(3, 20, EXPECTED, answerWithin),
            () -> hindrance,
            Runnable::run,
            () -> Fixtures.RECEIVED);
    server =
        HttpServer.start(
            HttpListener.loopback("teacher.http", 0).withBodyBytes(MAX_BODY_BYTES),
            List.of(),
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            new Handler.Wrapper(),
            api.early(),
            api::addTo);
    client = new TeacherClient(server.port());
  }

  HttpText onlyText() throws InterruptedException {
    List<HttpText> texts = queue.take().orElseThrow().http();
    assertThat(texts).hasSize(1);
    return texts.get(0);
  }

  static String error(HttpResponse<String> response) throws IOException {
    return TeacherClient.json(response).get("error").asText();
  }

  @Override
  public void close() {
    server.close();
    wire.close();
  }
}
