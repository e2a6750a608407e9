package io.distillstream.quantizer;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.Probe;
import java.util.List;

/**
 * What was made of a checkpoint, before anyone knows whether it will be published.
 *
 * @param probes recent inputs with the logits of this very artifact; empty if it did not pass
 */
record Candidate(Checkpoint checkpoint, QuantizationOutcome outcome, List<Probe> probes) {
  Candidate {
    probes = List.copyOf(probes);
  }
}
