package io.distillstream.artifacts.comparison;

import io.distillstream.artifacts.incumbent.HeldOut;
import io.distillstream.artifacts.incumbent.HeldOutMemory;
import io.distillstream.artifacts.incumbent.IncumbentSettings;
import io.distillstream.avro.HeldOutExample;
import io.distillstream.avro.TrainingExample;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.scan.Stretch;
import io.distillstream.wire.scan.TopicScan;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests that one model never learns from, read from the end of {@code held-out} at first and
 * from there on whenever they are asked for. Borrows the context; not thread-safe.
 */
final class HeldOutRequests {
  private static final Logger log = LoggerFactory.getLogger(HeldOutRequests.class);

  /** More would not fit the memory, and would hardly change what is known of labels. */
  private static final long MOST_AT_FIRST = 20_000;

  private final String model;
  private final ServiceContext context;
  private final Codec<HeldOutExample> codec;
  private final HeldOutMemory memory;
  private final Map<TopicPartition, Long> next = new HashMap<>();
  private String labelSpace = "";
  private int unusable;

  HeldOutRequests(String model, IncumbentSettings settings, ServiceContext context) {
    this.model = model;
    this.context = context;
    this.codec = context.wire().codec(Topics.HELD_OUT, context.pipeline());
    this.memory = settings.memory();
  }

  /**
   * All of a label space that were committed by now, as far as they are remembered. The memory is
   * the same one each time.
   */
  HeldOutMemory upToNow(String wanted, int classes) {
    if (!labelSpace.equals(wanted)) {
      memory.clear();
      next.clear();
      labelSpace = wanted;
    }
    try (TopicScan scan = new TopicScan(context.cluster())) {
      List<Stretch> stretches =
          scan.last(codec.topic(), MOST_AT_FIRST).stream()
              .map(
                  last ->
                      new Stretch(
                          last.partition(),
                          Math.max(last.from(), next.getOrDefault(last.partition(), 0L)),
                          last.to()))
              .toList();
      scan.read(stretches, record -> remember(record, classes));
      if (unusable > 0) {
        log.warn("{} records of {} cannot be used and are left out", unusable, codec.topic());
        unusable = 0;
      }
      stretches.forEach(stretch -> next.put(stretch.partition(), stretch.to()));
    }
    return memory;
  }

  private void remember(ConsumerRecord<String, byte[]> record, int classes) {
    try {
      HeldOutExample heldOut = codec.decode(record.value());
      TrainingExample example = heldOut.getExample();
      String text = example.getInput().getText();
      if (heldOut.getModel().equals(model)
          && example.getLabelSpace().equals(labelSpace)
          && example.getPositions() == 1
          && text != null) {
        memory.add(
            new HeldOut(
                example.getRequestId(), text, TeacherAnswers.of(example.getTeachers(), classes)));
      }
    } catch (UndecodableRecordException | IllegalArgumentException e) {
      log.debug("Offset {} of {} is left out", record.offset(), record.topic(), e);
      unusable++;
    }
  }
}
