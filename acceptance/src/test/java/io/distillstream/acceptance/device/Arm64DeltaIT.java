package io.distillstream.acceptance.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.delta.DeltaWriter;
import io.distillstream.delta.ModelDelta;
import io.distillstream.delta.Segment;
import io.distillstream.local.ForeignProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A delta made here makes the same file on an ARM64 processor: what it expects of weights is
 * computed in doubles, which must not differ in a bit, compiled in whatever way.
 */
class Arm64DeltaIT {
  private static final int ROWS = 2_000;
  private static final int COLUMNS = 200;

  @TempDir private Path folder;

  @BeforeAll
  static void needAnArm64Jvm() throws Exception {
    Arm64Jvm.require();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-XX:TieredStopAtLevel=1", "-XX:-TieredCompilation"})
  void shouldMakeTheSameFile(String compiler) throws Exception {
    Random random = new Random(11);
    byte[] before = new byte[ROWS * COLUMNS];
    random.nextBytes(before);
    byte[] after = moved(before, random);
    Path old = Files.write(folder.resolve("old"), before);
    Path delta =
        Files.write(
            folder.resolve("delta"),
            DeltaWriter.mixed(
                before,
                after,
                List.of(new Segment.Rows(after.length, 0, COLUMNS, 0, Optional.empty()))));
    Path made = folder.resolve("made");

    ForeignProgram.Result applied =
        ForeignProgram.run(
            Arm64Jvm.command(
                "-Xmx256m",
                compiler,
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Application.class.getName(),
                old.toString(),
                delta.toString(),
                made.toString()));

    assertThat(applied.exitCode()).as(applied.output()).isZero();
    assertThat(applied.output()).contains("aarch64");
    assertThat(Files.readAllBytes(made)).isEqualTo(after);
  }

  /** Along a few directions, as training moves weights. */
  private static byte[] moved(byte[] before, Random random) {
    double[][] directions = new double[6][COLUMNS];
    for (double[] direction : directions) {
      Arrays.setAll(direction, column -> random.nextGaussian());
    }
    byte[] after = before.clone();
    for (int row = 0; row < before.length; row += COLUMNS) {
      double[] change = new double[COLUMNS];
      for (double[] direction : directions) {
        double by = random.nextGaussian() / 2;
        Arrays.setAll(change, column -> change[column] + by * direction[column]);
      }
      for (int column = 0; column < COLUMNS; column++) {
        after[row + column] += (byte) Math.rint(change[column]);
      }
    }
    return after;
  }

  /** What runs there. */
  static final class Application {
    private Application() {}

    public static void main(String[] files) throws Exception {
      ModelDelta.apply(
          Path.of(files[0]), Path.of(files[1]), Path.of(files[2]), (long) ROWS * COLUMNS);
      System.out.println(System.getProperty("os.arch"));
    }
  }
}
