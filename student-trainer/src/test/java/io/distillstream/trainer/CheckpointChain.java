package io.distillstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.OffsetRange;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What must hold between the manifests of a model, oldest first. */
final class CheckpointChain {
  private CheckpointChain() {}

  /**
   * Every version follows its parent, and every range its parent's: no gap and no overlap.
   *
   * @param records that the newest was trained from
   */
  static void assertJoined(List<Checkpoint> chain, long records) {
    long version = 0;
    long steps = 0;
    Map<Integer, Long> ends = new HashMap<>();
    for (Checkpoint checkpoint : chain) {
      assertThat(checkpoint.getParentVersion()).isEqualTo(version);
      version = checkpoint.getVersion();
      assertThat(checkpoint.getSteps()).isGreaterThan(steps);
      steps = checkpoint.getSteps();
      for (OffsetRange range : checkpoint.getOffsets()) {
        assertThat(range.getFromOffset()).isEqualTo(ends.getOrDefault(range.getPartition(), 0L));
        ends.put(range.getPartition(), range.getToOffset());
      }
    }
    assertThat(chain.get(chain.size() - 1).getRecordsTrained()).isEqualTo(records);
  }
}
