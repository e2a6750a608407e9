package io.distillstream.teacher.log;

import io.distillstream.teacher.queue.LabelQueue;
import io.distillstream.teacher.queue.LogEntry;
import io.distillstream.teacher.queue.LogText;
import io.distillstream.teacher.queue.TrafficMetrics;
import io.distillstream.wire.RegistryUnavailableException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the request log into the queue.
 *
 * <p>While the queue is full, or there is no room for what comes of it, its partitions are paused,
 * but it polls on, so it stays a member of its group. It commits nothing: offsets are part of the
 * publisher's transactions. When one of those is aborted the queue enters a new epoch, and the log
 * is read again from its committed offsets, or from where reading began while there are none. Owns
 * its consumer.
 */
public final class RequestLogReader implements Runnable, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RequestLogReader.class);
  private static final Duration IDLE_POLL = Duration.ofMillis(200);
  private static final Duration BUSY_POLL = Duration.ofMillis(10);

  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration FAREWELL = Duration.ofSeconds(10);

  /** A window takes seconds at most; a member that holds up its group for longer is thrown out. */
  private static final Duration REVOKE_PATIENCE = Duration.ofSeconds(30);

  private final Supplier<? extends Consumer<String, byte[]>> consumers;
  private final LoggedRequests requests;
  private final LabelQueue queue;
  private final TrafficMetrics metrics;
  private final BooleanSupplier room;
  private volatile Consumer<String, byte[]> consumer;
  private volatile ConsumerGroupMetadata group;

  /** Read but not yet taken by the queue, in the order of the log. */
  private final Deque<LogEntry> backlog = new ArrayDeque<>();

  private final Map<TopicPartition, Long> positions = new HashMap<>();

  /**
   * The first record that was read of a partition since its committed offset was looked at. It
   * outlives revocations and consumers: until the group commits nobody has done what comes after
   * it, while the reset policy would begin anew, and perhaps later. The consumer's position would
   * not do: a partition without a record young enough for that policy has none.
   */
  private final Map<TopicPartition, Long> begun = new HashMap<>();

  private int epoch;
  private volatile boolean stopped;

  /**
   * @param consumers makes one, and another one where brokers fence it
   * @param room whether there is room for the labels of what is read
   */
  public RequestLogReader(
      Supplier<? extends Consumer<String, byte[]>> consumers,
      LoggedRequests requests,
      LabelQueue queue,
      TrafficMetrics metrics,
      BooleanSupplier room) {
    this.consumers = consumers;
    this.consumer = consumers.get();
    this.requests = requests;
    this.queue = queue;
    this.metrics = metrics;
    this.room = room;
    this.group = consumer.groupMetadata();
    this.epoch = queue.epoch();
  }

  /** The membership under which the records in the queue were read. */
  public ConsumerGroupMetadata group() {
    return group;
  }

  /**
   * Reads until stopped.
   *
   * @throws FencedInstanceIdException if brokers say that another member has its place in the group
   */
  @Override
  public void run() {
    try {
      consumer.subscribe(List.of(requests.topic()), new OnRebalance());
      while (!stopped) {
        try {
          turn();
        } catch (TimeoutException | RegistryUnavailableException e) {
          log.warn("{} cannot be read just now: {}", requests.topic(), e.getMessage());
          readAgain();
          TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        }
      }
    } catch (WakeupException e) {
      if (!stopped) {
        throw e;
      }
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /** What was polled and not handed over is read again, once nothing of it is under way. */
  private void readAgain() throws InterruptedException {
    if (!queue.revoke(consumer.assignment(), REVOKE_PATIENCE)) {
      log.debug("A window is still under way");
    }
    queue.rewind();
  }

  /**
   * Takes the place in the group back at the next {@link #run}, and reads the log again from its
   * committed offsets.
   *
   * @throws KafkaException if no consumer can be made
   */
  public void joinAgain() throws InterruptedException {
    readAgain();
    backlog.clear();
    positions.clear();
    Consumer<String, byte[]> fenced = consumer;
    consumer = consumers.get();
    fenced.close(CloseOptions.timeout(Duration.ZERO));
  }

  private void turn() {
    if (epoch != queue.epoch()) {
      startOver();
    }
    if (room.getAsBoolean()) {
      read(consumer.poll(backlog.isEmpty() ? IDLE_POLL : BUSY_POLL));
      handOver();
    } else {
      consumer.pause(consumer.assignment());
      read(consumer.poll(IDLE_POLL));
    }
  }

  /** Ends {@link #run}. */
  public void stop() {
    stopped = true;
    consumer.wakeup();
  }

  /** Leaves the group. Not before {@link #run} has ended. */
  @Override
  public void close() {
    consumer.close(
        CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
            .withTimeout(FAREWELL));
  }

  private void read(ConsumerRecords<String, byte[]> polled) {
    group = consumer.groupMetadata();
    for (TopicPartition partition : polled.partitions()) {
      begun.merge(partition, polled.records(partition).get(0).offset(), Math::min);
    }
    for (ConsumerRecord<String, byte[]> record : polled) {
      requests.entry(record).ifPresent(backlog::add);
    }
    polled.nextOffsets().forEach((partition, next) -> positions.put(partition, next.offset()));
  }

  private void handOver() {
    while (!backlog.isEmpty()) {
      LogEntry next = backlog.element();
      switch (queue.offerLog(epoch, next)) {
        case TAKEN -> {
          backlog.remove();
          if (next instanceof LogText) {
            metrics.received(1);
          }
        }
        case FULL -> {
          consumer.pause(consumer.assignment());
          return;
        }
        case STALE -> {
          return;
        }
      }
    }
    queue.readUpTo(epoch, positions);
    positions.clear();
    Set<TopicPartition> paused = consumer.paused();
    if (!paused.isEmpty()) {
      consumer.resume(paused);
    }
  }

  private void startOver() {
    int next = queue.epoch();
    backlog.clear();
    positions.clear();
    goBack(consumer.assignment());
    epoch = next;
    consumer.resume(consumer.paused());
  }

  /**
   * Goes to where the group has committed, or else to where reading began. A partition that is
   * neither committed nor read stays where it is, as nothing of it was passed over.
   */
  private void goBack(Set<TopicPartition> partitions) {
    Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(partitions);
    for (TopicPartition partition : partitions) {
      OffsetAndMetadata offset = committed.get(partition);
      Long first = begun.get(partition);
      if (offset != null) {
        begun.remove(partition);
        consumer.seek(partition, offset);
      } else if (first != null) {
        consumer.seek(partition, first);
      }
    }
    log.info("Reading from {}, or {} where nothing is committed", committed, begun);
  }

  /** Leaves a partition only when what was read of it is committed or given up. */
  private final class OnRebalance implements ConsumerRebalanceListener {

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      backlog.removeIf(
          entry ->
              partitions.contains(
                  new TopicPartition(entry.source().topic(), entry.source().partition())));
      positions.keySet().removeAll(partitions);
      try {
        if (!queue.revoke(partitions, REVOKE_PATIENCE)) {
          queue.rewind();
        }
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      log.info("Reading {}", partitions);
      Set<TopicPartition> known = new HashSet<>(partitions);
      known.retainAll(begun.keySet());
      if (!known.isEmpty()) {
        goBack(known);
      }
    }
  }
}
