package io.distillstream.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.chaos.Schedule.Due;
import io.distillstream.chaos.fault.Fault;
import io.distillstream.chaos.fault.Faults;
import io.distillstream.chaos.process.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final List<Fault> FAULTS = Faults.all(Duration.ofSeconds(30));

  private static List<Due> first(int count, long seed) {
    Schedule schedule = new Schedule(FAULTS, seed);
    return Stream.generate(schedule::next).limit(count).toList();
  }

  @Test
  void shouldRepeatWithItsSeed() {
    assertThat(first(100, 3)).isEqualTo(first(100, 3));
    assertThat(first(100, 3)).isNotEqualTo(first(100, 4));
  }

  @Test
  void shouldBringEveryKindBeforeAnyComesAgain() {
    assertThat(first(FAULTS.size(), 5))
        .extracting(Due::fault)
        .containsExactlyInAnyOrderElementsOf(FAULTS);
  }

  @Test
  void shouldBringEveryTargetOfAKind() {
    Predicate<Due> kill = due -> due.fault().name().equals("kill");
    Set<Stage> killed =
        first(FAULTS.size() * Stage.values().length, 7).stream()
            .filter(kill)
            .map(Due::target)
            .collect(Collectors.toSet());
    assertThat(killed).containsExactlyInAnyOrder(Stage.values());
  }

  @Test
  void shouldLastNoLongerAndNoShorterThanTheKindAllows() {
    assertThat(first(200, 11))
        .allSatisfy(
            due ->
                assertThat(due.duration())
                    .isBetween(due.fault().lasts().shortest(), due.fault().lasts().longest()));
  }
}
