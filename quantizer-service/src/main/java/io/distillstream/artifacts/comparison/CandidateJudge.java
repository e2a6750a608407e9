package io.distillstream.artifacts.comparison;

import io.distillstream.artifacts.candidate.CheckpointCandidate;
import io.distillstream.artifacts.delta.IncumbentFile;
import io.distillstream.artifacts.incumbent.Comparison;
import io.distillstream.artifacts.incumbent.HeldOut;
import io.distillstream.artifacts.incumbent.HeldOutMemory;
import io.distillstream.artifacts.incumbent.IncumbentGate;
import io.distillstream.artifacts.incumbent.IncumbentSettings;
import io.distillstream.artifacts.incumbent.Looks;
import io.distillstream.artifacts.incumbent.Scores;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.IncumbentComparison;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.model.ModelFormatException;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.blob.DamagedBlobException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges the candidates of one channel against what devices run there, the newest update. That one
 * is fetched once and kept; later ones are known since they were candidates.
 *
 * <p>Borrows the context; not thread-safe.
 */
public final class CandidateJudge {
  private static final Logger log = LoggerFactory.getLogger(CandidateJudge.class);

  private final String model;
  private final String channel;
  private final IncumbentSettings settings;
  private final ServiceContext context;
  private final IncumbentFile incumbentFile;
  private final HeldOutRequests heldOut;
  private final IncumbentGate gate;
  private Optional<ModelUpdate> incumbent;
  private @Nullable ScoredArtifact incumbentArtifact;
  private @Nullable ScoredArtifact candidateArtifact;
  private @Nullable Looks looks;
  private String uncompared = "";

  /**
   * @param incumbentFile the file of the incumbent
   * @param incumbent what devices run; empty where nothing was published yet
   */
  public CandidateJudge(
      String model,
      String channel,
      IncumbentSettings settings,
      ServiceContext context,
      IncumbentFile incumbentFile,
      Optional<ModelUpdate> incumbent) {
    this.model = model;
    this.channel = channel;
    this.settings = settings;
    this.context = context;
    this.incumbentFile = incumbentFile;
    this.incumbent = incumbent;
    this.heldOut = new HeldOutRequests(model, settings, context);
    this.gate = new IncumbentGate(settings);
  }

  /**
   * Compares; empty where there is nothing to compare with or by, or an operator decided. The
   * candidate may be published then.
   *
   * @param restored whether an operator restored the checkpoint, or one that it continues, since
   *     the incumbent was published
   */
  public Optional<Judgement> judge(CheckpointCandidate candidate, boolean restored) {
    candidateArtifact = null;
    if (!settings.enabled() || incumbent.isEmpty()) {
      return Optional.empty();
    }
    Checkpoint checkpoint = candidate.checkpoint();
    ModelUpdate update = incumbent.get();
    if (restored) {
      return uncompared(update, "an operator restored the checkpoint or one that it continues");
    }
    if (!update.getLabelSpace().equals(checkpoint.getLabelSpace())) {
      return uncompared(update, "it has other labels");
    }
    if (checkpoint.getHeldOutRecords() == 0) {
      return uncompared(update, "its trainer holds nothing out, or has met synthetic texts alone");
    }
    HeldOutMemory memory =
        heldOut.upToNow(checkpoint.getLabelSpace(), checkpoint.getLabels().size());
    if (memory.size() < settings.minSamples()) {
      return uncompared(
          update, "fewer than %d requests are held out".formatted(settings.minSamples()));
    }
    List<HeldOut> requests = memory.sample().requests();
    Scores before;
    try {
      before = incumbentArtifact(update).scores(requests);
    } catch (DamagedBlobException | InvalidModelException | ModelFormatException e) {
      return uncompared(update, "the artifact of the incumbent cannot be had: " + e.getMessage());
    }
    candidateArtifact = new ScoredArtifact(candidate.artifact());
    return Optional.of(
        judge(checkpoint, update, memory, candidateArtifact.scores(requests), before));
  }

  private Judgement judge(
      Checkpoint checkpoint,
      ModelUpdate update,
      HeldOutMemory memory,
      Scores candidate,
      Scores before) {
    uncompared = "";
    Looks earlier =
        looks == null ? PastLooks.at(update.getVersion(), model, channel, context) : looks;
    Looks now = earlier.next(checkpoint.getHeldOutRecords(), settings);
    looks = now;
    IncumbentComparison inherited = update.getIncumbent();
    double deficit = inherited == null ? 0 : Math.min(0, inherited.getDeficit());
    Comparison comparison = gate.judge(memory, candidate, before, now.count(), deficit);
    return new Judgement(channel, checkpoint, update.getVersion(), now, comparison);
  }

  private Optional<Judgement> uncompared(ModelUpdate update, String reason) {
    if (!uncompared.equals(reason)) {
      log.info(
          "Candidates of {}/{} are not compared with version {}, which devices run: {}",
          model,
          channel,
          update.getVersion(),
          reason);
      uncompared = reason;
    }
    return Optional.empty();
  }

  private ScoredArtifact incumbentArtifact(ModelUpdate update) throws DamagedBlobException {
    ScoredArtifact artifact = incumbentArtifact;
    if (artifact == null) {
      artifact = new ScoredArtifact(read(update));
      incumbentArtifact = artifact;
    }
    return artifact;
  }

  private OnnxModel read(ModelUpdate update) throws DamagedBlobException {
    Path file = incumbentFile.of(update);
    try {
      return OnnxModel.read(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read what devices run in " + file, e);
    }
  }

  /**
   * To be called where others may have published: what devices run now.
   *
   * @param update empty where nothing was published yet
   */
  public void incumbent(Optional<ModelUpdate> update) {
    incumbent = update;
    incumbentArtifact = null;
    candidateArtifact = null;
    looks = null;
  }

  /** To be called when an update is published: it is the incumbent from now on. */
  public void published(ModelUpdate update) {
    incumbent = Optional.of(update);
    // Where it was not compared it is fetched when the next candidate is.
    incumbentArtifact = candidateArtifact;
    candidateArtifact = null;
    looks = Looks.NONE;
  }
}
