package io.distillstream.artifacts.candidate;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.Probe;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.Quantization;
import io.distillstream.quantization.search.Choice;
import java.util.List;

/**
 * What was made of a checkpoint, before anyone knows whether it will be published.
 *
 * @param checkpoint its manifest
 * @param artifact the best file that could be made
 * @param quantization how
 * @param probes made-up inputs with the logits of this very artifact; empty if it did not pass
 * @param syntheticSamples texts that it was judged by and that were made up for want of traffic
 */
public record CheckpointCandidate(
    Checkpoint checkpoint,
    OnnxModel artifact,
    Quantization quantization,
    List<Probe> probes,
    int syntheticSamples) {
  public CheckpointCandidate {
    probes = List.copyOf(probes);
  }

  /** The best that could be made, and whether it passed. */
  public Choice choice() {
    return quantization.choice();
  }
}
