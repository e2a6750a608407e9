package io.distillstream.teacher.log;

import static io.distillstream.teacher.queue.Fixtures.PIPELINE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.teacher.publish.Publication;
import io.distillstream.teacher.publish.TrafficRecords;
import io.distillstream.teacher.queue.CountedTraffic;
import io.distillstream.teacher.queue.Fixtures;
import io.distillstream.teacher.queue.LabelQueue;
import io.distillstream.teacher.queue.LengthTeacher;
import io.distillstream.teacher.queue.QueueBounds;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A further group's reader, whose reset policy begins a while before the end of the log. */
@Timeout(30)
class RequestLogReaderTest {

  private static final TopicPartition PARTITION =
      new TopicPartition(Topics.REQUESTS.in(PIPELINE), 0);

  /** Where the reset policy begins at first, and where it would when asked later. */
  private static final long FIRST = 3;

  private static final long LATER = 6;
  private static final long NOT_ASKED = -1;

  /** Says null of what is not committed, as the real one does. */
  private final class Member extends MockConsumer<String, byte[]> {

    Member(long resetsTo) {
      super("by_duration:PT10M");
      updateBeginningOffsets(Map.of(PARTITION, 0L));
      updateDurationOffsets(Map.of(PARTITION, resetsTo));
    }

    @Override
    public synchronized Map<TopicPartition, OffsetAndMetadata> committed(
        Set<TopicPartition> partitions) {
      Map<TopicPartition, OffsetAndMetadata> answer = new HashMap<>();
      partitions.forEach(partition -> answer.put(partition, committed.get(partition)));
      return answer;
    }
  }

  private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
  private final Member member = new Member(FIRST);
  private final Member next = new Member(LATER);
  private final Deque<Member> members = new ArrayDeque<>(List.of(member, next));
  private final WireFormat wire = Fixtures.wire();
  private final LabelQueue queue =
      new LabelQueue(
          new QueueBounds(
              16, 2, 1, Duration.ZERO, Duration.ZERO, Duration.ofHours(1), Duration.ofHours(1)),
          Fixtures.fast());
  private final RequestLogReader reader =
      new RequestLogReader(
          members::remove,
          new LoggedRequests(
              new TrafficRecords(PIPELINE, wire, Publication.DENSE).requests(),
              new LengthTeacher(),
              1_000,
              "further"),
          queue,
          new CountedTraffic(),
          () -> true);

  private long position = NOT_ASKED;

  @AfterEach
  void close() {
    wire.close();
  }

  @Test
  void shouldReadAgainFromWhereItBeganWhereNothingIsCommitted() {
    readTwo();
    member.schedulePollTask(queue::rewind);
    askAndStop(member);

    reader.run();

    assertThat(position).isEqualTo(FIRST);
  }

  @Test
  void shouldStayWhereItIsInAPartitionThatWasIdleSinceTheStart() {
    member.schedulePollTask(() -> member.rebalance(List.of(PARTITION)));
    member.schedulePollTask(queue::rewind);
    askAndStop(member);

    reader.run();

    assertThat(position).isEqualTo(FIRST);
  }

  @Test
  void shouldReadAgainFromWhatIsCommitted() {
    readTwo();
    member.schedulePollTask(
        () -> {
          committed.put(PARTITION, new OffsetAndMetadata(FIRST + 1));
          queue.rewind();
        });
    askAndStop(member);

    reader.run();

    assertThat(position).isEqualTo(FIRST + 1);
  }

  @Test
  void shouldSkipNothingOfAPartitionThatComesBackUncommitted() {
    readTwo();
    loseAndGetBack();
    askAndStop(member);

    reader.run();

    assertThat(position).isEqualTo(FIRST);
  }

  @Test
  void shouldGoOnWhereAnotherMemberCommittedMeanwhile() {
    readTwo();
    member.schedulePollTask(() -> committed.put(PARTITION, new OffsetAndMetadata(FIRST + 2)));
    loseAndGetBack();
    askAndStop(member);

    reader.run();

    assertThat(position).isEqualTo(FIRST + 2);
  }

  @Test
  void shouldSkipNothingWhenItJoinsAgain() throws Exception {
    readTwo();
    member.schedulePollTask(
        () -> {
          throw new FencedInstanceIdException("fenced");
        });
    next.schedulePollTask(() -> next.rebalance(List.of(PARTITION)));
    askAndStop(next);

    assertThatThrownBy(reader::run).isInstanceOf(FencedInstanceIdException.class);
    reader.joinAgain();
    reader.run();

    assertThat(position).isEqualTo(FIRST);
  }

  /** Reads the first two records. */
  private void readTwo() {
    member.schedulePollTask(
        () -> {
          member.rebalance(List.of(PARTITION));
          for (long offset = FIRST; offset < FIRST + 2; offset++) {
            member.addRecord(
                new ConsumerRecord<>(
                    PARTITION.topic(), 0, offset, "key", "no request".getBytes(UTF_8)));
          }
        });
  }

  private void loseAndGetBack() {
    member.schedulePollTask(
        () -> {
          member.rebalance(List.of());
          member.updateDurationOffsets(Map.of(PARTITION, LATER));
        });
    member.schedulePollTask(() -> member.rebalance(List.of(PARTITION)));
  }

  private void askAndStop(Member asked) {
    asked.schedulePollTask(
        () -> {
          position = asked.position(PARTITION);
          reader.stop();
        });
  }
}
