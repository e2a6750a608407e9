package io.distillstream.quantizer;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.Probe;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.Quantization;
import io.distillstream.quantization.search.Choice;
import java.util.List;

/**
 * What was made of a checkpoint, before anyone knows whether it will be published.
 *
 * @param artifact the best file that could be made
 * @param quantization how
 * @param probes recent inputs with the logits of this very artifact; empty if it did not pass
 */
record Candidate(
    Checkpoint checkpoint, OnnxModel artifact, Quantization quantization, List<Probe> probes) {
  Candidate {
    probes = List.copyOf(probes);
  }

  Choice choice() {
    return quantization.choice();
  }
}
