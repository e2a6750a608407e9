package io.distillstream.benchmarks.overload;

import io.distillstream.avro.InferenceRequest;
import io.distillstream.avro.Ingress;
import io.distillstream.avro.Input;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.StageMetrics;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Requests on the log, more than the teacher gets through, and what it has done for whom. */
final class LogBacklog {

  private final ServiceContext context;
  private final StageMetrics teacher;

  LogBacklog(ServiceContext context) {
    this.context = context;
    this.teacher = context.stage("teacher");
  }

  /** Returns once the brokers have so many. */
  void write(List<String> texts, int count) {
    Codec<InferenceRequest> codec = context.wire().codec(Topics.REQUESTS, context.pipeline());
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(context.cluster().producerProperties())) {
      for (int i = 0; i < count; i++) {
        String id = "backlog-" + i;
        Input input = new Input(texts.get(i % texts.size()));
        producer.send(
            new ProducerRecord<>(
                codec.topic(),
                id,
                codec.encode(
                    new InferenceRequest(id, input, Instant.now(), Ingress.LOG, null, ""))));
      }
    }
  }

  /**
   * What the model has done so far.
   *
   * @param callersSeconds that it worked for callers
   */
  record Work(double callersTexts, double logsTexts, double callersSeconds, double logsSeconds) {

    Work since(Work before) {
      return new Work(
          callersTexts - before.callersTexts,
          logsTexts - before.logsTexts,
          callersSeconds - before.callersSeconds,
          logsSeconds - before.logsSeconds);
    }

    double callersShare() {
      return callersSeconds / (callersSeconds + logsSeconds);
    }
  }

  Work work() {
    return new Work(
        teacher.count("model_texts_http"),
        teacher.count("model_texts_log"),
        teacher.count("model_seconds_http"),
        teacher.count("model_seconds_log"));
  }
}
