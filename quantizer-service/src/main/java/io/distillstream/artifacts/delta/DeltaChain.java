package io.distillstream.artifacts.delta;

import io.distillstream.avro.ArtifactDelta;
import io.distillstream.avro.BlobRef;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.onnx.delta.OnnxDelta;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;

/**
 * The deltas of a manifest, each of which makes what the next one starts from.
 *
 * @param earlier those of the manifest before
 * @param step from the artifact published before to the one to be published
 * @param most steps that a manifest names
 */
public record DeltaChain(List<ArtifactDelta> earlier, OnnxDelta step, int most) {
  public DeltaChain {
    earlier = List.copyOf(earlier);
    if (most < 1) {
      throw new IllegalArgumentException("A chain has at least 1 step, was " + most);
    }
  }

  /** Size of the delta from the artifact published before an update to its own, if there is one. */
  public static OptionalLong newestBytes(ModelUpdate update) {
    List<ArtifactDelta> deltas = update.getDeltas();
    return deltas.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(deltas.get(deltas.size() - 1).getBlob().getSizeBytes());
  }

  /**
   * The newest steps that are together smaller than the artifact that they make. Older ones would
   * be of no use: a device takes the artifact itself then.
   *
   * @param blob where the step was written
   */
  public List<ArtifactDelta> deltas(BlobRef blob) {
    Deque<ArtifactDelta> newest = new ArrayDeque<>();
    newest.add(
        new ArtifactDelta(
            step.fromSha256(), step.toSha256(), step.codec().id(), blob, step.resultBytes()));
    long bytes = blob.getSizeBytes();
    for (int i = earlier.size() - 1; i >= 0 && newest.size() < most; i--) {
      ArtifactDelta before = earlier.get(i);
      bytes += before.getBlob().getSizeBytes();
      if (bytes >= step.resultBytes()
          || !before.getToSha256().equals(newest.getFirst().getFromSha256())) {
        break;
      }
      newest.addFirst(before);
    }
    return List.copyOf(newest);
  }
}
