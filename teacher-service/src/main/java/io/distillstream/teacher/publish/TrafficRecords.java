package io.distillstream.teacher.publish;

import io.distillstream.avro.GroundTruth;
import io.distillstream.avro.InferenceRequest;
import io.distillstream.avro.Ingress;
import io.distillstream.avro.Input;
import io.distillstream.avro.SoftLabel;
import io.distillstream.foundation.Sha256;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.TeacherAnswer;
import io.distillstream.teacher.queue.HttpText;
import io.distillstream.teacher.queue.PendingText;
import io.distillstream.wire.Codec;
import io.distillstream.wire.DeadLetters;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.payload.EmbeddingCodec;
import io.distillstream.wire.trace.Spans;
import io.distillstream.wire.trace.TraceHeaders;
import io.opentelemetry.api.trace.SpanContext;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Maps what happens here to records on topics, each under its request id. Thread-safe. */
public final class TrafficRecords {

  private final Pipeline pipeline;
  private final Publication publication;
  private final Codec<InferenceRequest> requests;
  private final Codec<SoftLabel> softLabels;
  private final Codec<SoftLabel> relabels;
  private final Codec<GroundTruth> groundTruth;
  private final String group;
  private final Spans spans;

  /** Of a stage that is not traced, whose teachers are of no further group. */
  public TrafficRecords(Pipeline pipeline, WireFormat wire, Publication publication) {
    this(pipeline, wire, publication, "", Spans.none());
  }

  /**
   * @param group of the teachers whose labels these are
   */
  public TrafficRecords(
      Pipeline pipeline, WireFormat wire, Publication publication, String group, Spans spans) {
    this.group = group;
    this.spans = spans;
    this.pipeline = pipeline;
    this.publication = publication;
    this.requests = wire.codec(Topics.REQUESTS, pipeline);
    this.softLabels = wire.codec(Topics.SOFT_LABELS, pipeline);
    this.relabels = wire.codec(Topics.RELABELS, pipeline);
    this.groundTruth = wire.codec(Topics.GROUND_TRUTH, pipeline);
  }

  public Codec<InferenceRequest> requests() {
    return requests;
  }

  public Codec<SoftLabel> relabels() {
    return relabels;
  }

  /**
   * The spans of a window's texts.
   *
   * @param startedAt when the model began with it
   */
  LabelSpans spans(Instant startedAt) {
    return new LabelSpans(spans, startedAt);
  }

  ProducerRecord<String, byte[]> request(HttpText text) {
    InferenceRequest request =
        new InferenceRequest(
            text.requestId(), new Input(text.text()), text.receivedAt(), Ingress.HTTP, null, group);
    return TraceHeaders.with(
        text.trace(),
        new ProducerRecord<>(requests.topic(), text.requestId(), requests.encode(request)));
  }

  /**
   * @param said its logits are finite
   * @param trace of the labelling
   */
  ProducerRecord<String, byte[]> softLabel(
      PendingText text,
      Teacher teacher,
      TeacherAnswer said,
      Instant labelledAt,
      SpanContext trace) {
    SoftLabel label = label(text, teacher, said, labelledAt);
    return TraceHeaders.with(
        trace,
        new ProducerRecord<>(softLabels.topic(), text.requestId(), softLabels.encode(label)));
  }

  /**
   * The label of a text that has one already.
   *
   * @param said its logits are finite
   */
  public ProducerRecord<String, byte[]> relabel(
      PendingText text, Teacher teacher, TeacherAnswer said, Instant labelledAt) {
    SoftLabel label = label(text, teacher, said, labelledAt);
    return new ProducerRecord<>(relabels.topic(), text.requestId(), relabels.encode(label));
  }

  private SoftLabel label(
      PendingText text, Teacher teacher, TeacherAnswer said, Instant labelledAt) {
    return new SoftLabel(
        text.requestId(),
        new Input(text.text()),
        teacher.id(),
        teacher.version(),
        teacher.labels().fingerprint(),
        1,
        publication.distribution(said, seed(text, teacher)),
        text.receivedAt(),
        labelledAt,
        embedding(said),
        text.augmentation());
  }

  /** Of the text alone, so that a text labelled twice is drawn alike. */
  private static long seed(PendingText text, Teacher teacher) {
    return Sha256.leadingLong(teacher.id() + '/' + teacher.version() + '/' + text.requestId());
  }

  private @Nullable ByteBuffer embedding(TeacherAnswer said) {
    return publication.embeddings() && said.embedding().length > 0
        ? EmbeddingCodec.encode(said.embedding())
        : null;
  }

  ProducerRecord<String, byte[]> groundTruth(String requestId, String label, Instant observedAt) {
    GroundTruth truth = new GroundTruth(requestId, label, observedAt);
    return new ProducerRecord<>(groundTruth.topic(), requestId, groundTruth.encode(truth));
  }

  ProducerRecord<String, byte[]> deadLetter(ConsumerRecord<String, byte[]> source, String reason) {
    return DeadLetters.of(pipeline, source, reason);
  }
}
