package io.distillstream.teacher.traffic;

import static io.distillstream.teacher.queue.Fixtures.PIPELINE;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.teacher.log.LoggedRequests;
import io.distillstream.teacher.log.RequestLogReader;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RequestLogRoomTest {

  @Test
  void shouldPauseThePartitionsWithoutRoomAndResumeThemWithIt() {
    MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest");
    AtomicBoolean room = new AtomicBoolean();
    List<Set<TopicPartition>> paused = new ArrayList<>();
    try (WireFormat wire = Fixtures.wire()) {
      LoggedRequests requests =
          new LoggedRequests(
              new TrafficRecords(PIPELINE, wire, Publication.DENSE).requests(),
              new LengthTeacher(),
              1_000,
              "");
      LabelQueue queue =
          new LabelQueue(
              new QueueBounds(
                  16, 2, 1, Duration.ZERO, Duration.ZERO, Duration.ofHours(1), Duration.ofHours(1)),
              Fixtures.fast());
      RequestLogReader reader =
          new RequestLogReader(() -> consumer, requests, queue, new CountedTraffic(), room::get);
      TopicPartition partition = new TopicPartition(Topics.REQUESTS.in(PIPELINE), 0);
      consumer.updateBeginningOffsets(Map.of(partition, 0L));
      consumer.schedulePollTask(() -> consumer.rebalance(List.of(partition)));
      consumer.schedulePollTask(
          () -> {
            paused.add(consumer.paused());
            room.set(true);
          });
      consumer.schedulePollTask(() -> {});
      consumer.schedulePollTask(
          () -> {
            paused.add(consumer.paused());
            reader.stop();
          });

      reader.run();

      assertThat(paused).containsExactly(Set.of(partition), Set.of());
    }
  }
}
