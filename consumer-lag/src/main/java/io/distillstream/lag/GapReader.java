package io.distillstream.lag;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what groups have still to read, within bounds, and keeps offsets and timestamps alone. Owns
 * its consumer, which reads committed records and is in no group; used by one thread.
 */
final class GapReader implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(GapReader.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  /** Partitions that are read at once. */
  private static final int PASS = 100;

  /** A partition that a group reads, and what is known of it. */
  record Gap(TopicPartition partition, Window window) {}

  private final Consumer<?, ?> consumer;
  private final LagBounds bounds;
  private long deadline;
  private long bytes;
  private int turn;

  private GapReader(Consumer<?, ?> consumer, LagBounds bounds) {
    this.consumer = consumer;
    this.bounds = bounds;
  }

  /**
   * Connects to a cluster.
   *
   * @param client properties that every client of the cluster gets
   */
  static GapReader connect(Map<String, Object> client, LagBounds bounds) {
    Map<String, Object> properties = new HashMap<>(client);
    properties.put(ConsumerConfig.CLIENT_ID_CONFIG, LagMeter.CLIENT_ID);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    // Of most partitions little is wanted. A batch that is larger than this comes all the same.
    properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 64 << 10);
    properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 4 << 20);
    properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) POLL.toMillis());
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2_000);
    return new GapReader(
        new KafkaConsumer<>(properties, new SkippedBytes(), new SkippedBytes()), bounds);
  }

  /**
   * Reads on in the windows that are unfinished, as far as the bounds allow. What cannot be read,
   * for want of a right or of a broker, stays unfinished.
   */
  void read(Collection<Gap> gaps) {
    deadline = System.nanoTime() + bounds.time().toNanos();
    bytes = 0;
    List<Gap> waiting = new ArrayList<>(gaps);
    waiting.removeIf(gap -> !gap.window().unfinished(bounds.exactUpTo()));
    // Where the bounds do not suffice for all, each has its turn.
    Collections.rotate(waiting, turn);
    turn += PASS;
    try {
      while (!waiting.isEmpty() && mayGoOn()) {
        read(takePass(waiting));
      }
      consumer.unsubscribe();
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      log.debug("Gaps cannot be read", e);
    }
  }

  /** A consumer has one position per partition, where groups may have several. */
  private static Map<TopicPartition, Window> takePass(List<Gap> waiting) {
    Map<TopicPartition, Window> pass = new HashMap<>();
    Iterator<Gap> gaps = waiting.iterator();
    while (gaps.hasNext() && pass.size() < PASS) {
      Gap gap = gaps.next();
      if (pass.putIfAbsent(gap.partition(), gap.window()) == null) {
        gaps.remove();
      }
    }
    return pass;
  }

  private void read(Map<TopicPartition, Window> pass) {
    assign(pass);
    while (!pass.isEmpty() && mayGoOn()) {
      try {
        take(consumer.poll(POLL), pass);
      } catch (TopicAuthorizationException e) {
        log.debug("Lag of {} stays an upper bound", e.unauthorizedTopics(), e);
        if (!pass.keySet().removeIf(at -> e.unauthorizedTopics().contains(at.topic()))) {
          throw e;
        }
        assign(pass);
      }
    }
  }

  private void assign(Map<TopicPartition, Window> pass) {
    consumer.assign(pass.keySet());
    consumer.resume(pass.keySet());
    pass.forEach((partition, window) -> consumer.seek(partition, window.next()));
  }

  /** Positions and not records tell how far it is: the last offsets may be control records. */
  private void take(ConsumerRecords<?, ?> polled, Map<TopicPartition, Window> pass) {
    polled
        .partitions()
        .forEach(
            partition -> {
              Window window = pass.get(partition);
              if (window != null) {
                polled.records(partition).forEach(record -> take(record, window));
              }
            });
    List<TopicPartition> finished = new ArrayList<>();
    pass.forEach(
        (partition, window) -> {
          window.readTo(consumer.position(partition, POLL));
          if (!window.unfinished(bounds.exactUpTo())) {
            finished.add(partition);
          }
        });
    consumer.pause(finished);
    pass.keySet().removeAll(finished);
  }

  private void take(ConsumerRecord<?, ?> record, Window window) {
    window.add(record.offset(), record.timestamp());
    bytes += Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
  }

  private boolean mayGoOn() {
    return bytes < bounds.bytes() && System.nanoTime() - deadline < 0;
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(FAREWELL));
  }
}
