package io.distillstream.teacher.relabel;

import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.TeacherAnswer;
import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.Unavailability;
import io.distillstream.teacher.publish.TrafficRecords;
import io.distillstream.teacher.queue.Inference;
import io.distillstream.teacher.queue.LabelledWindow;
import io.distillstream.teacher.queue.LogText;
import io.distillstream.teacher.queue.Pace;
import io.distillstream.teacher.queue.Window;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Labels logged texts window by window, each sorted by size and cut into batches as live traffic
 * is. Texts that the teacher refuses or fails on are left out. While it is unavailable, whoever
 * called waits. Borrows the teacher; used by one thread.
 */
public final class Relabelling {

  /** What there is to tell of meanwhile. */
  public interface Listener {
    /** The labels of a window. */
    void labelled(List<ProducerRecord<String, byte[]>> labels);

    /** A text has no label. */
    void leftOut(String requestId, String reason);

    /** The teacher answers nothing for a while; returns when it may be asked again. */
    void away(Unavailability outage) throws InterruptedException;
  }

  private final Teacher teacher;
  private final TrafficRecords records;
  private final Inference inference;
  private final int windowSize;
  private final int maxTextBytes;
  private final Listener listener;
  private final InstantSource clock;
  private final List<LogText> waiting = new ArrayList<>();

  /**
   * @param windowSize texts that are sorted together
   * @param batchSize the most texts in a call of the teacher
   * @param maxTextBytes of one text, in UTF-8
   */
  public Relabelling(
      Teacher teacher,
      TrafficRecords records,
      int windowSize,
      int batchSize,
      int maxTextBytes,
      Listener listener) {
    this.teacher = teacher;
    this.records = records;
    this.inference = new Inference(teacher, batchSize, new Pace());
    this.windowSize = windowSize;
    this.maxTextBytes = maxTextBytes;
    this.listener = listener;
    this.clock = InstantSource.system();
  }

  /**
   * Adds a text, and labels a window when there is one.
   *
   * @param value the record that it was found in
   * @throws TeacherException if the teacher fails on every text that it is given
   */
  public void add(String requestId, String text, Instant receivedAt, byte[] value)
      throws InterruptedException {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > maxTextBytes) {
      listener.leftOut(
          requestId, "Its text of %d bytes is over the limit of %d".formatted(bytes, maxTextBytes));
      return;
    }
    waiting.add(
        new LogText(
            new ConsumerRecord<>(records.relabels().topic(), 0, 0, requestId, value),
            requestId,
            text,
            teacher.size(text),
            receivedAt,
            null));
    if (waiting.size() >= windowSize) {
      flush();
    }
  }

  /** Labels what waits. */
  public void flush() throws InterruptedException {
    while (!waiting.isEmpty()) {
      LabelledWindow labelled =
          inference.run(new Window(1, 1, List.of(), List.copyOf(waiting), Map.of()));
      waiting.clear();
      List<ProducerRecord<String, byte[]>> labels = new ArrayList<>();
      for (LogText text : texts(labelled)) {
        LabelledWindow.Answer answer = labelled.answer(text);
        TeacherAnswer said = answer.said();
        if (said != null) {
          labels.add(records.relabel(text, teacher, said, clock.instant()));
        } else if (answer.failure() != null) {
          listener.leftOut(text.requestId(), answer.failure());
        } else {
          waiting.add(text);
        }
      }
      listener.labelled(labels);
      Unavailability outage = labelled.outage();
      if (outage != null) {
        listener.away(outage);
      }
    }
  }

  private static List<LogText> texts(LabelledWindow labelled) {
    return labelled.window().log().stream().map(LogText.class::cast).toList();
  }
}
