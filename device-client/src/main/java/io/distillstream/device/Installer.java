package io.distillstream.device;

import io.distillstream.device.folder.InstalledModel;
import io.distillstream.device.folder.ModelFolder;
import io.distillstream.device.inference.OnnxClassifier;
import io.distillstream.device.inference.UnusableModelException;
import io.distillstream.device.probation.Probation;
import io.distillstream.device.transport.DamagedArtifactException;
import io.distillstream.device.transport.UpdateSource;
import io.distillstream.foundation.PlatformLog;
import io.distillstream.update.UpdateManifest;
import io.distillstream.update.UpdateReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Takes updates from manifest to answering model, or refuses them; writes a report of either into
 * the folder. Used by one thread at a time.
 */
final class Installer {

  private static final PlatformLog log = PlatformLog.of(Installer.class);

  private final DeviceSettings settings;
  private final ModelFolder folder;
  private final ModelSlot slot;
  private final PendingUpdates pending;
  private final Acceptance acceptance;
  private final ArtifactDownload download;
  private final Probation probation;
  private final Reporter reporter;
  private final DeviceListener listener;
  private final Instant joined;

  /** What was refused, and reported, before any update came. */
  private final Set<InstalledModel> told = new HashSet<>();

  /** Borrows the incumbent. */
  Installer(
      DeviceSettings settings, Incumbent incumbent, Reporter reporter, DeviceListener listener)
      throws IOException {
    this.settings = settings;
    this.folder = incumbent.folder();
    this.slot = incumbent.slot();
    this.probation = incumbent.probation();
    this.pending = new PendingUpdates(slot.version());
    this.acceptance = new Acceptance(settings, folder.forgotten(), probation);
    this.download = new ArtifactDownload(folder);
    this.reporter = reporter;
    this.listener = listener;
    this.joined = folder.joined(reporter.clock().instant());
  }

  /** Tells the listener of what was refused, and reported, before any update came; once. */
  void tell(Map<InstalledModel, String> refused) {
    refused.forEach(
        (model, reason) -> {
          told.add(model);
          listener.rejected(new Rejection(model.version(), reason));
        });
  }

  /**
   * Takes note of a manifest.
   *
   * @throws IllegalArgumentException if it contradicts itself
   */
  void see(UpdateManifest update) {
    String key = update.updateKey();
    if (!key.equals(settings.updateKey())) {
      throw new IllegalArgumentException(
          "The manifest is of " + key + ", this device follows " + settings.updateKey());
    }
    if (!pending.see(update)) {
      log.debug("Version {} is not above {}, ignored", update.version(), slot.version());
    }
  }

  /**
   * Installs the newest version that may be trusted, refusing those that may not.
   *
   * @throws IOException if an artifact cannot be had at the moment or the folder cannot be written;
   *     the same model answers then, and a refusal that cannot be reported holds all the same
   */
  void advance(UpdateSource source) throws IOException {
    boolean settled = false;
    while (!settled) {
      Optional<UpdateManifest> next = pending.next();
      settled = !next.isPresent() || tryInstall(next.get(), source);
    }
  }

  private boolean tryInstall(UpdateManifest update, UpdateSource source) throws IOException {
    try {
      acceptance.check(update);
    } catch (UnusableModelException e) {
      refuse(update, String.valueOf(e.getMessage()));
      return false;
    }
    InstalledModel model = InstalledModel.of(update);
    Path artifact = folder.artifact(model);
    OnnxClassifier classifier;
    long fetched;
    try {
      fetched = download.bring(update, artifact, source);
      classifier = acceptance.open(update, artifact);
    } catch (DamagedArtifactException | UnusableModelException e) {
      probation.survived();
      Files.deleteIfExists(artifact);
      refuse(update, String.valueOf(e.getMessage()));
      return false;
    }
    install(update, model, classifier, fetched);
    return true;
  }

  /** Takes ownership of the classifier. */
  private void install(
      UpdateManifest update, InstalledModel model, OnnxClassifier classifier, long fetched)
      throws IOException {
    UpdateReport report = reporter.installed(model, pending.arrivalsUpTo(update).since(joined));
    boolean committed = false;
    try {
      folder.install(model, report, probation::lasted);
      committed = true;
    } finally {
      if (!committed) {
        classifier.close();
        probation.survived();
      }
    }
    slot.swap(new LeasedModel(classifier, update.version()));
    probation.takenOver();
    pending.installed(update);
    folder.removeOthers();
    log.info(
        "Model {} version {} answers now; {} bytes of {} were fetched",
        settings.updateKey(),
        update.version(),
        fetched,
        update.artifact().sizeBytes());
    listener.installed(
        new Installation(
            update.version(),
            folder.artifact(model),
            report.at(),
            update.recordsTrained(),
            fetched));
  }

  private void refuse(UpdateManifest update, String reason) throws IOException {
    log.warn("Model {} version {} refused: {}", settings.updateKey(), update.version(), reason);
    // First of all: where no report can be kept, it must not be downloaded and refused for ever.
    pending.refuse(update);
    InstalledModel model = InstalledModel.of(update);
    if (told.contains(model)) {
      return;
    }
    try {
      folder.reports().keep(reporter.refused(model, reason));
    } finally {
      listener.rejected(new Rejection(update.version(), reason));
    }
  }
}
