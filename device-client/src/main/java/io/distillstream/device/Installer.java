package io.distillstream.device;

import io.distillstream.device.folder.InstalledModel;
import io.distillstream.device.folder.ModelFolder;
import io.distillstream.device.inference.OnnxClassifier;
import io.distillstream.device.inference.UnusableModelException;
import io.distillstream.device.transport.DamagedArtifactException;
import io.distillstream.device.transport.UpdateSource;
import io.distillstream.foundation.PlatformLog;
import io.distillstream.update.ArrivalCounts;
import io.distillstream.update.UpdateManifest;
import io.distillstream.update.UpdateReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

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
  private final LongSupplier answersServed;
  private final DeviceListener listener;
  private final Clock clock;
  private final Instant joined;

  Installer(
      DeviceSettings settings,
      ModelFolder folder,
      ModelSlot slot,
      LongSupplier answersServed,
      DeviceListener listener,
      Clock clock)
      throws IOException {
    this.settings = settings;
    this.folder = folder;
    this.slot = slot;
    this.pending = new PendingUpdates(slot.version());
    this.acceptance = new Acceptance(settings, folder.forgotten());
    this.download = new ArtifactDownload(folder);
    this.answersServed = answersServed;
    this.listener = listener;
    this.clock = clock;
    this.joined = folder.joined(clock.instant());
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
    InstalledModel model = InstalledModel.of(update);
    Path artifact = folder.artifact(model);
    OnnxClassifier classifier;
    long fetched;
    try {
      acceptance.check(update);
      fetched = download.bring(update, artifact, source);
      classifier = acceptance.open(update, artifact);
    } catch (DamagedArtifactException | UnusableModelException e) {
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
    UpdateReport report =
        report(
            update,
            UpdateReport.Outcome.INSTALLED,
            null,
            pending.arrivalsUpTo(update).since(joined));
    boolean committed = false;
    try {
      folder.install(model, report);
      committed = true;
    } finally {
      if (!committed) {
        classifier.close();
      }
    }
    slot.swap(new LeasedModel(classifier, update.version()));
    pending.installed(update);
    folder.removeOthers(model);
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
    try {
      // Its records come with the next version that is installed, and are counted there.
      folder.keep(report(update, UpdateReport.Outcome.REJECTED, reason, ArrivalCounts.NONE));
    } finally {
      listener.rejected(new Rejection(update.version(), reason));
    }
  }

  private UpdateReport report(
      UpdateManifest update,
      UpdateReport.Outcome outcome,
      @Nullable String reason,
      ArrivalCounts arrivals) {
    return new UpdateReport(
        settings.deviceId(),
        update.model(),
        update.channel(),
        update.version(),
        outcome,
        reason,
        arrivals,
        answersServed.getAsLong(),
        clock.instant());
  }
}
