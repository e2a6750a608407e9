package io.distillstream.teacher.log;

import io.distillstream.avro.InferenceRequest;
import io.distillstream.avro.Ingress;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.queue.LogEntry;
import io.distillstream.teacher.queue.LogText;
import io.distillstream.teacher.queue.RefusedRecord;
import io.distillstream.wire.Codec;
import io.distillstream.wire.UndecodableRecordException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What the records of the request log ask for. Borrows the teacher, which measures the texts. */
public final class LoggedRequests {

  private final Codec<InferenceRequest> codec;
  private final Teacher teacher;
  private final int maxTextBytes;
  private final String group;

  /**
   * Requests of one pipeline.
   *
   * @param maxTextBytes of one text, in UTF-8
   * @param group of the teachers that label them
   */
  public LoggedRequests(
      Codec<InferenceRequest> codec, Teacher teacher, int maxTextBytes, String group) {
    this.codec = codec;
    this.teacher = teacher;
    this.maxTextBytes = maxTextBytes;
    this.group = group;
  }

  String topic() {
    return codec.topic();
  }

  /** What a record asks for; empty if its group answered it over HTTP already. */
  Optional<LogEntry> entry(ConsumerRecord<String, byte[]> source) {
    InferenceRequest request;
    try {
      request = codec.decode(source.value());
    } catch (UndecodableRecordException e) {
      return Optional.of(new RefusedRecord(source, String.valueOf(e.getMessage())));
    }
    if (request.getIngress() == Ingress.HTTP && request.getLabelledBy().equals(group)) {
      return Optional.empty();
    }
    if (!request.getRequestId().equals(source.key())) {
      return Optional.of(
          new RefusedRecord(
              source,
              "Its key is %s, expected its request id %s"
                  .formatted(source.key(), request.getRequestId())));
    }
    String text = request.getInput().getText();
    if (text == null || text.isBlank()) {
      return Optional.of(new RefusedRecord(source, "It has no text"));
    }
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > maxTextBytes) {
      return Optional.of(
          new RefusedRecord(
              source,
              "Its text of %d bytes is over the limit of %d".formatted(bytes, maxTextBytes)));
    }
    return Optional.of(
        new LogText(
            source,
            request.getRequestId(),
            text,
            teacher.size(text),
            request.getReceivedAt(),
            request.getAugmentation()));
  }
}
