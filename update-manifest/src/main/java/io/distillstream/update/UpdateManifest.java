package io.distillstream.update;

import java.util.List;

/**
 * What a published update says of itself, as far as a device needs it.
 *
 * @param model whose artifact it is
 * @param channel on which it is published
 * @param version that of the checkpoint it was made from; rises with every update
 * @param labelSpace fingerprint of the ordered label names
 * @param format of the artifact, such as {@code onnx}
 * @param artifact the file
 * @param deltas from which a device that has an earlier artifact can make this one
 * @param probes what the device must reproduce before the model may answer
 * @param recordsTrained how many records the model has learned from, since its fresh start
 * @param arrivals of the records that it learned since the update before
 */
public record UpdateManifest(
    String model,
    String channel,
    long version,
    String labelSpace,
    String format,
    ArtifactRef artifact,
    List<DeltaRef> deltas,
    List<ExpectedLogits> probes,
    long recordsTrained,
    ArrivalCounts arrivals) {

  public UpdateManifest {
    if (version < 1) {
      throw new IllegalArgumentException("A version is at least 1, was " + version);
    }
    deltas = List.copyOf(deltas);
    probes = List.copyOf(probes);
  }

  /** What a device follows: the model's name, '/' and the channel. */
  public String updateKey() {
    return updateKey(model, channel);
  }

  /** What a device of this model and channel follows; names of ours hold no slash. */
  public static String updateKey(String model, String channel) {
    return model + "/" + channel;
  }
}
