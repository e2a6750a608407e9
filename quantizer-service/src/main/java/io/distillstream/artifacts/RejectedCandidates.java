package io.distillstream.artifacts;

import io.distillstream.artifacts.candidate.CheckpointCandidate;
import io.distillstream.foundation.PrivateFolders;
import io.distillstream.quantization.report.ReportFiles;
import io.distillstream.quantization.report.Reports;
import io.distillstream.runtime.ServiceContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The best candidate that a gate refused since the last publication, with the reasons and the whole
 * report, for those who want to see why nothing is published.
 */
final class RejectedCandidates {
  private final Path folder;
  private double bestAgreement = Double.NEGATIVE_INFINITY;

  RejectedCandidates(ServiceContext context, QuantizerSettings settings) {
    this.folder =
        context
            .folder("quantizer")
            .resolve("rejected-" + settings.model() + "-" + settings.channel());
  }

  /**
   * Keeps the candidate if it is no worse than the one kept.
   *
   * @param reason why it is not published
   */
  void offer(CheckpointCandidate candidate, String reason) throws IOException {
    double agreement = candidate.choice().best().measured().quality().agreement();
    if (agreement < bestAgreement) {
      return;
    }
    long version = candidate.checkpoint().getVersion();
    PrivateFolders.create(folder);
    candidate.artifact().write(folder.resolve("candidate.onnx"));
    Files.writeString(
        folder.resolve("reasons.txt"), "checkpoint: %d%n%s%n".formatted(version, reason));
    ReportFiles.write(
        Reports.of(candidate.quantization(), "checkpoint " + version, "recent live texts"),
        folder.resolve("report"));
    bestAgreement = agreement;
  }

  /** After a publication the next rejected candidate is interesting, however good it is. */
  void forget() {
    bestAgreement = Double.NEGATIVE_INFINITY;
  }
}
