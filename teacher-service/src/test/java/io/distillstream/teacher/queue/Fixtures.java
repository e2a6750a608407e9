package io.distillstream.teacher.queue;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.avro.AvroSchemaUtils;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topic;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import io.opentelemetry.api.trace.SpanContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.specific.SpecificData;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Texts and records to label. */
public final class Fixtures {

  public static final Pipeline PIPELINE = new Pipeline("traffic-test");
  public static final Instant RECEIVED = Instant.parse("2026-01-01T00:00:00Z");

  private static final String REGISTRY = "traffic-test";
  private static final LengthTeacher TEACHER = new LengthTeacher();

  private Fixtures() {}

  /** Against the Confluent client's in-memory registry. */
  public static WireFormat wire() {
    for (Topic<?> topic : Topics.all()) {
      Object empty =
          SpecificData.newInstance(topic.type(), SpecificData.get().getSchema(topic.type()));
      try {
        MockSchemaRegistry.getClientForScope(REGISTRY)
            .register(
                topic.subject(PIPELINE),
                new AvroSchema(AvroSchemaUtils.getSchema(empty, false, false, true)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (RestClientException e) {
        throw new IllegalStateException(e);
      }
    }
    return new WireFormat("mock://" + REGISTRY);
  }

  /** Of a teacher that answers at once, nearly. */
  public static Pace fast() {
    return pace(Duration.ofNanos(1));
  }

  /** Of a teacher that needs so long for a word. */
  public static Pace pace(Duration word) {
    Pace pace = new Pace();
    pace.batchEnds(1, 1, 1, word.toNanos());
    return pace;
  }

  public static HttpText http(String id, String text) {
    return http(id, text, null);
  }

  public static HttpText http(String id, String text, @Nullable String truth) {
    return http(id, text, truth, true, SpanContext.getInvalid());
  }

  public static HttpText unrecorded(String id, String text) {
    return http(id, text, null, false, SpanContext.getInvalid());
  }

  /** A text of a call that is traced. */
  public static HttpText traced(String id, String text, SpanContext trace) {
    return http(id, text, null, true, trace);
  }

  private static HttpText http(
      String id, String text, @Nullable String truth, boolean recorded, SpanContext trace) {
    return new HttpText(
        id, text, TEACHER.size(text), RECEIVED, truth, recorded, trace, new CompletableFuture<>());
  }

  public static LogText log(int partition, long offset, String text) {
    return new LogText(
        source(partition, offset),
        partition + "-" + offset,
        text,
        TEACHER.size(text),
        RECEIVED,
        null);
  }

  public static RefusedRecord refused(int partition, long offset) {
    return new RefusedRecord(source(partition, offset), "unreadable");
  }

  private static ConsumerRecord<String, byte[]> source(int partition, long offset) {
    return new ConsumerRecord<>(
        Topics.REQUESTS.in(PIPELINE),
        partition,
        offset,
        "key",
        ("value " + offset).getBytes(StandardCharsets.UTF_8));
  }
}
