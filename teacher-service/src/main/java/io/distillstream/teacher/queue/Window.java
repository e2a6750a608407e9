package io.distillstream.teacher.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * What is labelled and committed together.
 *
 * @param number 1, 2, 3, … in the order in which windows are taken, run and published
 * @param epoch of the log reader; a window of an older epoch holds records that are read again
 * @param offsets how far the request log is done once this window is
 */
public record Window(
    long number,
    int epoch,
    List<HttpText> http,
    List<LogEntry> log,
    Map<TopicPartition, OffsetAndMetadata> offsets) {

  public Window {
    http = List.copyOf(http);
    log = List.copyOf(log);
    offsets = Map.copyOf(offsets);
  }

  /** All texts, callers' first. */
  public List<PendingText> texts() {
    List<PendingText> texts = new ArrayList<>(http);
    for (LogEntry entry : log) {
      if (entry instanceof LogText text) {
        texts.add(text);
      }
    }
    return texts;
  }
}
