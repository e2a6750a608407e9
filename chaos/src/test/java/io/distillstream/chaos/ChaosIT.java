package io.distillstream.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.chaos.fault.Faults;
import io.distillstream.chaos.report.ChaosReport;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A few minutes of every kind of fault; {@code ./distillstream chaos} has hours of them. */
class ChaosIT {
  private static final Duration FAULTS_FOR = Duration.ofSeconds(150);
  private static final Duration OUTAGE = Duration.ofSeconds(20);
  private static final long SEED = 6;
  private static final double RATE = 20;

  @Test
  void shouldKeepEveryPromise(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder)
      throws Exception {
    ChaosPlan plan = new ChaosPlan(FAULTS_FOR, SEED, Faults.all(OUTAGE), RATE, folder);

    ChaosReport report = new ChaosRun(plan, System.out::println).run();

    String text = String.join("\n", report.text());
    System.out.println(text);
    assertThat(report.kept()).as(text).isTrue();
    assertThat(report.faults()).hasSizeGreaterThan(5);
    assertThat(report.totals().trained()).isGreaterThan(500);
    assertThat(report.totals().deviceAnswers()).isPositive();
  }
}
