package io.distillstream.joiner;

import static io.distillstream.joiner.DrivenTopology.RETENTION;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.kafka.streams.state.WindowStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is remembered of ids when the wall clock is set back. */
class RecentIdsTest {

  private static final long NOW = DrivenTopology.START.toEpochMilli();
  private static final long SET_BACK = NOW - RETENTION.multipliedBy(2).toMillis();

  private final DrivenTopology topology = new DrivenTopology(1);
  private final WindowStore<String, Long> store =
      topology.driver.getWindowStore(JoinerTopology.JOINED);
  private final RecentIds<Long> ids = recentIds(new SteadyTime());

  /** A store can be written to once its processor has met a record. */
  @BeforeEach
  void process() {
    topology.tell("any", "noun.plant");
  }

  @AfterEach
  void close() {
    topology.close();
  }

  @Test
  void shouldFindWhatCameBefore() {
    ids.put("early", 1L, NOW);

    assertThat(ids.find("early", SET_BACK)).isEqualTo(1);
  }

  @Test
  void shouldTakeWhatCameBeforeAndForgetIt() {
    ids.put("early", 1L, NOW);

    assertThat(ids.take("early", SET_BACK)).isEqualTo(1);
    assertThat(ids.find("early", NOW)).isNull();
  }

  @Test
  void shouldRememberWhatComesAfterwardsForAsLongAsEver() {
    ids.put("early", 1L, NOW);
    ids.put("late", 2L, SET_BACK);

    assertThat(ids.find("late", SET_BACK + RETENTION.toMillis())).isEqualTo(2);
    long later = SET_BACK + RETENTION.plus(Duration.ofMinutes(10)).toMillis();
    assertThat(ids.find("early", later)).isNull();
    assertThat(ids.find("late", later)).isNull();
  }

  @Test
  void shouldGoOnFromTheNewestThatWasRestored() {
    ids.put("early", 1L, NOW);
    RecentIds<Long> restored = recentIds(new SteadyTime());

    assertThat(restored.find("early", SET_BACK)).isEqualTo(1);
    restored.put("late", 2L, SET_BACK);
    assertThat(restored.find("late", SET_BACK)).isEqualTo(2);
  }

  @Test
  void shouldKeepTheTimeOfTheOtherStoresOfItsProcessor() {
    ids.put("early", 1L, NOW);
    ids.take("early", NOW);
    SteadyTime time = new SteadyTime();
    RecentIds<Long> emptied = recentIds(time);
    time.notBefore(NOW);

    emptied.put("late", 2L, SET_BACK);

    assertThat(emptied.find("late", SET_BACK)).isEqualTo(2);
  }

  private RecentIds<Long> recentIds(SteadyTime time) {
    return new RecentIds<>(store, RETENTION, time);
  }
}
