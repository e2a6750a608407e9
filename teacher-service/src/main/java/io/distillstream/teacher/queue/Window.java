package io.distillstream.teacher.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * What is labelled together, and committed together as far as it is recorded.
 *
 * @param number 1, 2, 3, … in the order in which windows are taken, run and published; one that
 *     leaves nothing to commit is not counted and has the number of the one before it
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

  /** Whether anything of it is published: callers' recorded texts, the log's, or offsets. */
  public boolean leavesRecords() {
    return !log.isEmpty() || !offsets.isEmpty() || http.stream().anyMatch(HttpText::recorded);
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
