package io.distillstream.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.local.Distillstream;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ChaosTest {
  private final StringWriter err = new StringWriter();
  private final CommandLine command =
      Distillstream.commandLine(new Chaos()).setErr(new PrintWriter(err));

  @Test
  void shouldNameTheFaultsThatThereAre() {
    assertThat(command.execute("--faults", "kill,earthquake")).isEqualTo(2);
    assertThat(err.toString()).contains("No fault 'earthquake'", "kill, freeze");
  }

  @Test
  void shouldSayHowLongAnOutageIsWritten() {
    assertThat(command.execute("--outage", "10 minutes")).isEqualTo(2);
    assertThat(err.toString()).contains("--outage is '10 minutes'", "2m");
  }

  @Test
  void shouldRefuseATimeThatIsNone() {
    assertThat(command.execute("--minutes", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--minutes");
  }
}
