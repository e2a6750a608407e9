package io.distillstream.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.chaos.fault.Faults;
import io.distillstream.chaos.report.ChaosReport;
import io.distillstream.chaos.report.FaultOutcome;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A few minutes of faults, of as many kinds as fit, a kill of a stage first; {@code ./distillstream
 * chaos} has hours of all.
 */
class ChaosIT {
  private static final Duration FAULTS_FOR = Duration.ofSeconds(150);
  private static final Duration OUTAGE = Duration.ofSeconds(20);
  private static final long SEED = 18;
  private static final double RATE = 20;

  @Test
  void shouldKeepEveryPromise(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder)
      throws Exception {
    ChaosPlan plan = new ChaosPlan(FAULTS_FOR, SEED, Faults.all(OUTAGE), RATE, folder);

    ChaosReport report = new ChaosRun(plan, System.out::println).run();

    String text = String.join("\n", report.text());
    System.out.println(text);
    assertThat(report.kept()).as(text).isTrue();
    assertThat(report.faults())
        .extracting(FaultOutcome::fault)
        .startsWith("kill", "slow-clients", "freeze", "poison", "lies");
    assertThat(report.totals().trained()).isGreaterThan(500);
    assertThat(report.totals().deviceAnswers()).isPositive();
  }
}
