package io.distillstream.quantizer;

import io.distillstream.runtime.ServiceContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The best candidate that the gate refused since the last publication, with the reasons, for those
 * who want to see why nothing is published.
 */
final class RejectedCandidates {
  private final Path folder;
  private double bestAgreement = Double.NEGATIVE_INFINITY;

  RejectedCandidates(ServiceContext context, String model) {
    this.folder = context.folder("quantizer").resolve("rejected-" + model);
  }

  /** Keeps the candidate if it is no worse than the one kept. */
  void offer(long version, QuantizationOutcome outcome) throws IOException {
    double agreement = outcome.verdict().agreement();
    if (agreement < bestAgreement) {
      return;
    }
    Files.createDirectories(folder);
    outcome.artifact().write(folder.resolve("candidate.onnx"));
    Files.writeString(folder.resolve("reasons.txt"), describe(version, outcome));
    bestAgreement = agreement;
  }

  /** After a publication the next rejected candidate is interesting, however good it is. */
  void forget() {
    bestAgreement = Double.NEGATIVE_INFINITY;
  }

  private static String describe(long version, QuantizationOutcome outcome) {
    GateVerdict verdict = outcome.verdict();
    return """
        checkpoint: %d
        precision: %s
        rejected because: %s
        samples: %d
        agreement: %.4f
        max abs difference: %.4f
        size ratio: %.4f
        latency ratio: %.3f
        """
        .formatted(
            version,
            outcome.precision(),
            String.join("; ", verdict.violations()),
            verdict.samples(),
            verdict.agreement(),
            verdict.maxAbsDifference(),
            verdict.sizeRatio(),
            verdict.latencyRatio());
  }
}
