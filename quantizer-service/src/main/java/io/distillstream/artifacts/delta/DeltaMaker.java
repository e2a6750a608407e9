package io.distillstream.artifacts.delta;

import io.distillstream.avro.ModelUpdate;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.delta.OnnxDelta;
import io.distillstream.quantization.weights.Hysteresis;
import io.distillstream.quantization.weights.PreviousWeights;
import io.distillstream.wire.blob.DamagedBlobException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes deltas from what devices of a channel run to what is to be published. A publication never
 * waits for one: where none can be had, devices fetch the artifact. Not thread-safe.
 */
public final class DeltaMaker {
  private static final Logger log = LoggerFactory.getLogger(DeltaMaker.class);

  private final IncumbentFile file;
  private final DeltaSettings settings;
  private Optional<ModelUpdate> incumbent;

  /**
   * @param file of the incumbent
   * @param settings which deltas are made
   * @param incumbent what devices run; empty where nothing was published yet
   */
  public DeltaMaker(IncumbentFile file, DeltaSettings settings, Optional<ModelUpdate> incumbent) {
    this.file = file;
    this.settings = settings;
    this.incumbent = incumbent;
  }

  /** What devices hold weights in, as far as it is to be kept. */
  public PreviousWeights previousWeights() {
    Hysteresis hysteresis = settings.hysteresis();
    if (hysteresis.equals(Hysteresis.NONE)) {
      return PreviousWeights.NONE;
    }
    if (incumbent.isEmpty()) {
      return PreviousWeights.first(hysteresis);
    }
    try {
      return PreviousWeights.of(OnnxModel.read(file.of(incumbent.get())), hysteresis);
    } catch (DamagedBlobException | InvalidModelException e) {
      log.debug("Nothing is kept of version {}", incumbent.get().getVersion(), e);
      return PreviousWeights.first(hysteresis);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read what devices run", e);
    }
  }

  /** The chain that leads to an artifact; empty where devices have to fetch it whole. */
  public Optional<DeltaChain> chainTo(OnnxModel artifact) {
    if (settings.chain() == 0 || incumbent.isEmpty()) {
      return Optional.empty();
    }
    ModelUpdate update = incumbent.get();
    try {
      Path before = file.of(update);
      return OnnxDelta.between(Files.readAllBytes(before), artifact.bytes())
          .map(step -> new DeltaChain(update.getDeltas(), step, settings.chain()));
    } catch (DamagedBlobException e) {
      log.warn(
          "No delta from version {} of {}/{}: {}",
          update.getVersion(),
          update.getModel(),
          update.getChannel(),
          e.getMessage());
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read what devices run", e);
    }
  }

  /** To be called where others may have published: what devices run now. */
  public void incumbent(Optional<ModelUpdate> update) {
    incumbent = update;
  }

  /** To be called when an update is published: it is the incumbent from now on. */
  public void published(ModelUpdate update, OnnxModel artifact) {
    incumbent = Optional.of(update);
    if (settings.chain() > 0) {
      file.keep(artifact);
    }
  }
}
