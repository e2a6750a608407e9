package io.distillstream.joiner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.wire.ClusterConnection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OutagePauseTest {

  @Test
  void shouldWaitForNamesUntilItIsClosed() throws Exception {
    OutagePause outage = new OutagePause(new ClusterConnection("broker.invalid:9092", "unused"));

    CompletableFuture<Void> waiting = CompletableFuture.runAsync(outage::awaitNames);
    assertThatThrownBy(() -> waiting.get(200, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);

    outage.close();
    // To look a name up can itself take a while.
    waiting.get(45, TimeUnit.SECONDS);
    assertThat(outage.isClosed()).isTrue();
  }

  @Test
  void shouldNotWaitForBrokersWhoseNamesResolve() {
    OutagePause outage = new OutagePause(new ClusterConnection("127.0.0.1:1", "unused"));

    outage.awaitNames();

    assertThat(outage.isClosed()).isFalse();
  }
}
