package io.distillstream.artifacts.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.ArtifactDelta;
import io.distillstream.avro.BlobRef;
import io.distillstream.delta.DeltaCodec;
import io.distillstream.onnx.delta.OnnxDelta;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeltaChainTest {
  private static final long FULL = 1_000;

  @Test
  void shouldAddTheStepToThoseBefore() {
    List<ArtifactDelta> chain = chain(List.of(delta(1, 100), delta(2, 100)), 3, 100, 8);

    assertThat(chain).containsExactly(delta(1, 100), delta(2, 100), delta(3, 100));
  }

  @Test
  void shouldNameNoMoreThanAsked() {
    assertThat(chain(List.of(delta(1, 100), delta(2, 100)), 3, 100, 2))
        .containsExactly(delta(2, 100), delta(3, 100));
    assertThat(chain(List.of(delta(2, 100)), 3, 100, 1)).containsExactly(delta(3, 100));
  }

  @Test
  void shouldBeSmallerThanTheArtifact() {
    assertThat(chain(List.of(delta(1, 500), delta(2, 400)), 3, 100, 8))
        .containsExactly(delta(2, 400), delta(3, 100));
    assertThat(chain(List.of(delta(1, 500), delta(2, 399)), 3, 100, 8)).hasSize(3);
  }

  @Test
  void shouldBreakOffWhereAStepIsMissing() {
    assertThat(chain(List.of(delta(1, 100), delta(3, 100)), 4, 100, 8))
        .containsExactly(delta(3, 100), delta(4, 100));
    assertThat(chain(List.of(delta(1, 100)), 4, 100, 8)).containsExactly(delta(4, 100));
  }

  private static List<ArtifactDelta> chain(
      List<ArtifactDelta> earlier, int step, int bytes, int most) {
    OnnxDelta delta =
        new OnnxDelta(
            DeltaCodec.CONTEXT_MIXING, sha256(step), sha256(step + 1), FULL, new byte[bytes]);
    return new DeltaChain(earlier, delta, most).deltas(blob(step, bytes));
  }

  /** From the artifact of that number to the next one. */
  private static ArtifactDelta delta(int from, int bytes) {
    return new ArtifactDelta(
        sha256(from), sha256(from + 1), "context-mixing-3", blob(from, bytes), FULL);
  }

  private static BlobRef blob(int from, int bytes) {
    return new BlobRef("student/stable/" + from + "/delta", (long) bytes, sha256(9), 1, 0, 0L);
  }

  private static String sha256(int digit) {
    return Integer.toString(digit).repeat(64);
  }
}
