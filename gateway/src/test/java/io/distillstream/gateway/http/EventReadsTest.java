package io.distillstream.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.gateway.channel.Publication;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Events of new versions, over real HTTP. */
@Timeout(120)
class EventReadsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;
  private final List<Listener> listeners = new ArrayList<>();
  private ServedReads served;

  @BeforeEach
  void serve() throws Exception {
    served = new ServedReads(folder, Optional.empty());
  }

  @AfterEach
  void stop() throws Exception {
    for (Listener listener : listeners) {
      listener.close();
    }
    served.close();
  }

  @Test
  void shouldTellOfTheNewestAtFirstAndThenOfEachNewOne() throws Exception {
    served.publish(1, new byte[] {1});
    Publication second = served.publish(2, new byte[] {2, 2});
    Listener listener = listen("");

    assertThat(listener.head()).contains("200 OK", "text/event-stream", "no-store");
    String data = listener.event(second.digest());
    assertThat(data)
        .contains("\"version\":2", "\"size_bytes\":2")
        .contains("\"sha256\":\"" + second.manifest().artifact().sha256() + "\"");
    Publication third = served.publish(3, new byte[] {3});
    assertThat(listener.event(third.digest())).contains("\"version\":3");
    assertThat(served.metrics.events).hasValue(2);
  }

  @Test
  void shouldNotRepeatTheEventThatADeviceHadLast() throws Exception {
    Publication first = served.publish(1, new byte[] {1});
    Listener listener = listen("Last-Event-ID: " + first.digest() + "\r\n");
    await().atMost(PATIENCE).until(() -> served.metrics.streams.get() == 1);

    Publication second = served.publish(2, new byte[] {2});

    assertThat(listener.event(second.digest())).contains("\"version\":2");
    assertThat(served.metrics.events).hasValue(1);
  }

  @Test
  void shouldShowThatItIsAliveWhileThereIsNothingNew() throws Exception {
    served.publish(1, new byte[] {1});
    Listener listener = listen("");

    assertThat(listener.heartbeats(3)).isTrue();
  }

  @Test
  void shouldForgetADeviceThatIsGone() throws Exception {
    served.publish(1, new byte[] {1});
    Listener listener = listen("");
    await().atMost(PATIENCE).until(() -> served.metrics.streams.get() == 1);

    listener.close();

    await().atMost(PATIENCE).until(() -> served.metrics.streams.get() == 0);
  }

  @Test
  void shouldTellADeviceThatReadsNothingOfTheNewestAloneInTheEnd() throws Exception {
    served.publish(1, new byte[] {1});
    Listener listener = listen("");
    await().atMost(PATIENCE).until(() -> served.metrics.streams.get() == 1);

    Publication newest = served.publish(2, new byte[] {2});
    // More than the buffers of a connection hold.
    for (long version = 3; version < 40_000; version++) {
      newest = served.publish(version, new byte[] {2});
    }

    assertThat(listener.event(newest.digest())).contains("\"version\":39999");
    assertThat(served.metrics.events.get()).isLessThan(39_999);
  }

  @Test
  void shouldEndTheStreamsWhenItCloses() throws Exception {
    served.publish(1, new byte[] {1});
    Listener listener = listen("");
    await().atMost(PATIENCE).until(() -> served.metrics.streams.get() == 1);

    served.close();

    listener.awaitEnd();
    assertThat(served.metrics.streams).hasValue(0);
  }

  private Listener listen(String headers) throws Exception {
    Listener listener = new Listener(served.port(), "/v1/models/glosses/stable/events", headers);
    listeners.add(listener);
    return listener;
  }
}
