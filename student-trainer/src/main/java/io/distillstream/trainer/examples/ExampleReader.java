package io.distillstream.trainer.examples;

import io.distillstream.avro.Augmentation;
import io.distillstream.avro.AugmentationKind;
import io.distillstream.avro.HeldOutExample;
import io.distillstream.avro.TeacherOpinion;
import io.distillstream.avro.TrainingExample;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.trainer.batch.Origin;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.wire.Codec;
import io.distillstream.wire.DeadLetters;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.trace.TraceHeaders;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** From a record's bytes to an example, or to a dead letter that says why not. Thread-safe. */
public final class ExampleReader {
  private final Pipeline pipeline;
  private final Codec<TrainingExample> codec;
  private final TargetReader targets;
  private final WordPieceTokenizer tokenizer;
  private final int maxTokens;
  private final String model;
  private final Selection selection;
  private final Codec<HeldOutExample> heldOutCodec;

  /**
   * Which examples are not learned.
   *
   * @param heldOut since they are to score the student on; these come first
   * @param agreement since their teachers agree
   */
  public record Selection(HeldOutRule heldOut, AgreementRule agreement) {
    /** All are learned. */
    public static final Selection ALL = new Selection(HeldOutRule.NONE, AgreementRule.NONE);
  }

  /**
   * @param model whose own hard examples are learned; to it those of others are no examples
   * @param targets of the student's label space; records of another are refused
   * @param selection which examples are not learned
   * @param heldOutCodec for those
   */
  public ExampleReader(
      Pipeline pipeline,
      Codec<TrainingExample> codec,
      TargetReader targets,
      WordPieceTokenizer tokenizer,
      int maxTokens,
      String model,
      Selection selection,
      Codec<HeldOutExample> heldOutCodec) {
    this.pipeline = pipeline;
    this.codec = codec;
    this.targets = targets;
    this.tokenizer = tokenizer;
    this.maxTokens = maxTokens;
    this.model = model;
    this.selection = selection;
    this.heldOutCodec = heldOutCodec;
  }

  public Arrival read(ConsumerRecord<String, byte[]> record) {
    try {
      TrainingExample example = codec.decode(record.value());
      Augmentation augmentation = example.getAugmentation();
      if (augmentation != null && isOfOther(augmentation)) {
        return new Arrival.Nothing(record.partition(), record.offset());
      }
      String id = example.getRequestId();
      boolean heldOut = augmentation == null && selection.heldOut().holdsOut(id);
      if (heldOut && example.getCorrection()) {
        return new Arrival.Nothing(record.partition(), record.offset());
      }
      Example usable = example(example);
      if (usable.live()
          && !heldOut
          && selection.agreement().passesOver(id, example.getDisagreement())) {
        return new Arrival.Agreed(record.partition(), record.offset());
      }
      return heldOut
          ? new Arrival.HeldOut(record.partition(), record.offset(), usable, copy(example))
          : new Arrival.Usable(
              record.partition(), record.offset(), usable, TraceHeaders.read(record.headers()));
    } catch (UndecodableRecordException | UnusableExampleException e) {
      return new Arrival.Refused(
          record.partition(),
          record.offset(),
          DeadLetters.of(pipeline, record, String.valueOf(e.getMessage())));
    }
  }

  /** Hard examples are their student's alone; texts made up for want of traffic are everybody's. */
  private boolean isOfOther(Augmentation augmentation) {
    return augmentation.getKind() != AugmentationKind.SYNTHETIC
        && !augmentation.getModel().equals(model);
  }

  private Optional<ProducerRecord<String, byte[]>> copy(TrainingExample example) {
    return Optional.of(
        new ProducerRecord<>(
            heldOutCodec.topic(),
            example.getRequestId(),
            heldOutCodec.encode(new HeldOutExample(model, example))));
  }

  private Example example(TrainingExample example) throws UnusableExampleException {
    if (!example.getLabelSpace().equals(targets.labels().fingerprint())) {
      throw new UnusableExampleException(
          "label space %s is not the student's %s"
              .formatted(example.getLabelSpace(), targets.labels().fingerprint()));
    }
    if (example.getPositions() != 1) {
      throw new UnusableExampleException(
          "%d positions; a classifier learns from 1".formatted(example.getPositions()));
    }
    String text = example.getInput().getText();
    if (text == null) {
      throw new UnusableExampleException("the input has no text");
    }
    Map<String, String> versions = new HashMap<>();
    for (TeacherOpinion opinion : example.getTeachers()) {
      versions.put(opinion.getTeacherId(), opinion.getTeacherVersion());
    }
    return new Example(
        example.getRequestId(),
        tokenizer.encode(text, maxTokens),
        targets.target(example.getTeachers()),
        targets.embedding(example.getTeachers()),
        truth(example),
        new Example.Passage(
            example.getReceivedAt(), example.getLabelledAt(), example.getJoinedAt()),
        versions,
        origin(example));
  }

  private static Origin origin(TrainingExample example) {
    Augmentation augmentation = example.getAugmentation();
    if (augmentation != null) {
      return augmentation.getKind() == AugmentationKind.SYNTHETIC
          ? Origin.SYNTHETIC
          : Origin.AUGMENTED;
    }
    return example.getCorrection() ? Origin.CORRECTED : Origin.LIVE;
  }

  private int truth(TrainingExample example) throws UnusableExampleException {
    String truth = example.getGroundTruth();
    if (truth == null) {
      return TrainingBatch.UNKNOWN;
    }
    int index = targets.labels().indexOf(truth);
    if (index < 0) {
      throw new UnusableExampleException(
          "ground truth \"%s\" is no label of the student's".formatted(truth));
    }
    return index;
  }
}
