package io.distillstream.trainer;

import io.distillstream.avro.DenseLogits;
import io.distillstream.avro.TeacherOpinion;
import io.distillstream.avro.TrainingExample;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.trainer.engine.TrainingBatch;
import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.wire.Codec;
import io.distillstream.wire.DeadLetters;
import io.distillstream.wire.LogitsCodec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.UndecodableRecordException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** From a record's bytes to an example, or to a dead letter that says why not. Thread-safe. */
final class ExampleReader {
  private final Pipeline pipeline;
  private final Codec<TrainingExample> codec;
  private final LabelSpace labels;
  private final WordPieceTokenizer tokenizer;
  private final int maxTokens;

  /**
   * @param labels of the student; records of another label space are refused
   */
  ExampleReader(
      Pipeline pipeline,
      Codec<TrainingExample> codec,
      LabelSpace labels,
      WordPieceTokenizer tokenizer,
      int maxTokens) {
    this.pipeline = pipeline;
    this.codec = codec;
    this.labels = labels;
    this.tokenizer = tokenizer;
    this.maxTokens = maxTokens;
  }

  Arrival read(ConsumerRecord<String, byte[]> record) {
    try {
      Example example = example(codec.decode(record.value()));
      return new Arrival.Usable(record.partition(), record.offset(), example);
    } catch (UndecodableRecordException | UnusableExampleException e) {
      return new Arrival.Refused(
          record.partition(),
          record.offset(),
          DeadLetters.of(pipeline, record, String.valueOf(e.getMessage())));
    }
  }

  private Example example(TrainingExample example) throws UnusableExampleException {
    if (!example.getLabelSpace().equals(labels.fingerprint())) {
      throw new UnusableExampleException(
          "label space %s is not the student's %s"
              .formatted(example.getLabelSpace(), labels.fingerprint()));
    }
    if (example.getPositions() != 1) {
      throw new UnusableExampleException(
          "%d positions; a classifier learns from 1".formatted(example.getPositions()));
    }
    String text = example.getInput().getText();
    if (text == null) {
      throw new UnusableExampleException("the input has no text");
    }
    if (example.getTeachers().isEmpty()) {
      throw new UnusableExampleException("no teacher's opinion");
    }
    List<float[]> opinions = new ArrayList<>();
    Map<String, String> versions = new HashMap<>();
    for (TeacherOpinion opinion : example.getTeachers()) {
      opinions.add(logits(opinion));
      versions.put(opinion.getTeacherId(), opinion.getTeacherVersion());
    }
    return new Example(
        example.getRequestId(),
        tokenizer.encode(text, maxTokens),
        new DenseTarget(TeacherConsensus.of(opinions)),
        new float[0],
        truth(example),
        example.getReceivedAt(),
        versions);
  }

  private float[] logits(TeacherOpinion opinion) throws UnusableExampleException {
    if (!(opinion.getDistribution() instanceof DenseLogits dense)) {
      throw new UnusableExampleException(
          "teacher %s gave top-k logits, which are not supported yet; dense logits are"
              .formatted(opinion.getTeacherId()));
    }
    if (dense.getClasses() != labels.size()) {
      throw new UnusableExampleException(
          "teacher %s gave logits of %d classes, expected %d"
              .formatted(opinion.getTeacherId(), dense.getClasses(), labels.size()));
    }
    try {
      return LogitsCodec.decode(dense, 1);
    } catch (IllegalArgumentException e) {
      throw new UnusableExampleException(
          "teacher %s: %s".formatted(opinion.getTeacherId(), e.getMessage()));
    }
  }

  private int truth(TrainingExample example) throws UnusableExampleException {
    String truth = example.getGroundTruth();
    if (truth == null) {
      return TrainingBatch.UNKNOWN;
    }
    int index = labels.indexOf(truth);
    if (index < 0) {
      throw new UnusableExampleException(
          "ground truth \"%s\" is no label of the student's".formatted(truth));
    }
    return index;
  }
}
