package io.distillstream.artifacts.candidate;

import io.distillstream.avro.Augmentation;
import io.distillstream.avro.AugmentationKind;
import io.distillstream.avro.TrainingExample;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.scan.TopicScan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The newest texts of the live traffic, read from the end of {@code training-examples} whenever
 * they are asked for; not those that students made up, and each once. While there are too few of
 * them, as in a pipeline that has no traffic yet, texts that were made up to begin with stand in.
 */
final class RecentTexts {
  private final ServiceContext context;
  private final Codec<TrainingExample> codec;

  /**
   * A text that came in, or was made up for want of traffic.
   *
   * @param timestamp of its record, milliseconds
   * @param truth name of its class, where it is known
   */
  record Text(long timestamp, String text, Optional<String> truth, boolean synthetic) {}

  RecentTexts(ServiceContext context) {
    this.context = context;
    this.codec = context.wire().codec(Topics.TRAINING_EXAMPLES, context.pipeline());
  }

  /**
   * The newest texts of a label space, newest first, and behind them synthetic ones where there are
   * fewer than {@code enough} live ones. Fewer than asked for where there are no more, or where
   * other records (control records of transactions, other label spaces, texts that students made
   * up) lie between them: at most {@code limit} offsets of each partition are looked at.
   */
  List<Text> newest(int limit, int enough, String labelSpace) {
    List<Text> texts = new ArrayList<>();
    try (TopicScan scan = new TopicScan(context.cluster())) {
      scan.read(scan.last(codec.topic(), limit), record -> addText(record, labelSpace, texts));
    }
    long live = texts.stream().filter(text -> !text.synthetic()).count();
    return texts.stream()
        .filter(text -> !text.synthetic() || live < enough)
        .sorted(
            Comparator.comparing(Text::synthetic)
                .thenComparing(Comparator.comparingLong(Text::timestamp).reversed()))
        .limit(limit)
        .toList();
  }

  private void addText(ConsumerRecord<String, byte[]> record, String labelSpace, List<Text> texts) {
    TrainingExample example;
    try {
      example = codec.decode(record.value());
    } catch (UndecodableRecordException e) {
      // The trainer reads the same record and sends it to the dead letters.
      return;
    }
    String text = example.getInput().getText();
    Augmentation made = example.getAugmentation();
    boolean synthetic = made != null && made.getKind() == AugmentationKind.SYNTHETIC;
    boolean usable = (made == null || synthetic) && !example.getCorrection();
    if (text != null && usable && example.getLabelSpace().equals(labelSpace)) {
      Optional<String> truth = Optional.ofNullable(example.getGroundTruth());
      texts.add(new Text(record.timestamp(), text, truth, synthetic));
    }
  }
}
