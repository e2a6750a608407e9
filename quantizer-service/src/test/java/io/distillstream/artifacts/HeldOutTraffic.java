package io.distillstream.artifacts;

import io.distillstream.avro.HeldOutExample;
import io.distillstream.avro.Input;
import io.distillstream.avro.TeacherOpinion;
import io.distillstream.avro.TrainingExample;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.engine.LoadedModel;
import io.distillstream.quantization.engine.OnnxRuntimeModel;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.payload.LogitsCodec;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Requests that no student learns from, answered by a teacher that is a student itself. */
final class HeldOutTraffic {
  private final ServiceContext context;

  HeldOutTraffic(ServiceContext context) {
    this.context = context;
  }

  void send(String model, int count, OnnxModel teacher) {
    Codec<HeldOutExample> codec = context.wire().codec(Topics.HELD_OUT, context.pipeline());
    SplittableRandom random = new SplittableRandom(9);
    try (KafkaProducer<String, byte[]> producer =
            new KafkaProducer<>(context.cluster().producerProperties());
        LoadedModel answers = OnnxRuntimeModel.load(teacher)) {
      producer.send(new ProducerRecord<>(codec.topic(), "garbage", new byte[] {1, 2, 3}));
      for (int i = 0; i < count; i++) {
        String id = model + "-held-out-" + i;
        String text = FakeTrainer.text(random);
        int[] tokens =
            FakeTrainer.METADATA.tokenizer().encode(text, FakeTrainer.METADATA.maxTokens());
        float[] logits = answers.answer(Sample.ofTokens(tokens, answers.inputNames())).floats();
        HeldOutExample heldOut = new HeldOutExample(model, example(id, text, logits));
        producer.send(new ProducerRecord<>(codec.topic(), id, codec.encode(heldOut)));
      }
    }
  }

  private static TrainingExample example(String id, String text, float[] logits) {
    return new TrainingExample(
        id,
        new Input(text),
        FakeTrainer.LABELS.fingerprint(),
        1,
        List.of(new TeacherOpinion("teacher", "cafe", LogitsCodec.encode(logits), null, null)),
        null,
        Instant.EPOCH,
        Instant.EPOCH,
        null,
        null,
        null,
        false);
  }
}
