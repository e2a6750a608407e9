package io.distillstream.device;

import io.distillstream.avro.BlobRef;
import io.distillstream.avro.DeviceEvent;
import io.distillstream.avro.DeviceReport;
import io.distillstream.avro.EventTimes;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.wire.blob.DamagedBlobException;
import io.distillstream.wire.payload.EventTimeHistogram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes updates from manifest to answering model, or refuses them; writes a report of either into
 * the folder. Used by one thread at a time.
 */
final class Installer {

  private static final Logger log = LoggerFactory.getLogger(Installer.class);

  /** Where the bytes of an artifact come from. */
  interface ArtifactSource {

    /**
     * Puts a blob into a file, whole and with the right digest, or not at all.
     *
     * @throws DamagedBlobException if the blob can never be had
     * @throws IOException if the file cannot be written
     */
    void fetch(BlobRef blob, Path target) throws IOException, DamagedBlobException;
  }

  private final DeviceSettings settings;
  private final ModelFolder folder;
  private final ModelSlot slot;
  private final PendingUpdates pending;
  private final Acceptance acceptance;
  private final LongSupplier answersServed;
  private final DeviceListener listener;
  private final Clock clock;

  Installer(
      DeviceSettings settings,
      ModelFolder folder,
      ModelSlot slot,
      LongSupplier answersServed,
      DeviceListener listener,
      Clock clock) {
    this.settings = settings;
    this.folder = folder;
    this.slot = slot;
    this.pending = new PendingUpdates(slot.version());
    this.acceptance = new Acceptance(settings.threads(), settings.probeTolerance());
    this.answersServed = answersServed;
    this.listener = listener;
    this.clock = clock;
  }

  /**
   * Takes note of a manifest.
   *
   * @throws IllegalArgumentException if it contradicts itself
   */
  void see(ModelUpdate update) {
    String key = update.getModel() + "/" + update.getChannel();
    if (!key.equals(settings.updateKey())) {
      throw new IllegalArgumentException(
          "The manifest is of " + key + ", its key is " + settings.updateKey());
    }
    if (!pending.see(update)) {
      log.debug("Version {} is not above {}, ignored", update.getVersion(), slot.version());
    }
  }

  /**
   * Installs the newest version that may be trusted, refusing those that may not.
   *
   * @throws IOException if the folder cannot be written; nothing has changed then
   */
  void advance(ArtifactSource source) throws IOException {
    boolean settled = false;
    while (!settled) {
      Optional<ModelUpdate> next = pending.next();
      settled = next.isEmpty() || tryInstall(next.get(), source);
    }
  }

  private boolean tryInstall(ModelUpdate update, ArtifactSource source) throws IOException {
    Path artifact = folder.artifact(update);
    OnnxClassifier classifier;
    try {
      acceptance.check(update);
      source.fetch(update.getArtifact(), artifact);
      classifier = acceptance.open(update, artifact);
    } catch (DamagedBlobException | UnusableModelException e) {
      Files.deleteIfExists(artifact);
      refuse(update, String.valueOf(e.getMessage()));
      return false;
    }
    install(update, classifier);
    return true;
  }

  /** Takes ownership of the classifier. */
  private void install(ModelUpdate update, OnnxClassifier classifier) throws IOException {
    DeviceReport report =
        report(update, DeviceEvent.INSTALLED, null, pending.eventTimesUpTo(update));
    boolean committed = false;
    try {
      folder.install(update, report);
      committed = true;
    } finally {
      if (!committed) {
        classifier.close();
      }
    }
    slot.swap(new LeasedModel(classifier, update.getVersion()));
    pending.installed(update);
    folder.removeOthers(update);
    log.info("Model {} version {} answers now", settings.updateKey(), update.getVersion());
    listener.installed(
        new Installation(
            update.getVersion(),
            folder.artifact(update),
            report.getAt(),
            update.getRecordsTrained()));
  }

  private void refuse(ModelUpdate update, String reason) throws IOException {
    log.warn("Model {} version {} refused: {}", settings.updateKey(), update.getVersion(), reason);
    // Its records come with the next version that is installed, and are counted there.
    EventTimes none = new EventTimeHistogram().toAvro();
    folder.keep(report(update, DeviceEvent.REJECTED, reason, none));
    pending.refuse(update);
    listener.rejected(new Rejection(update.getVersion(), reason));
  }

  private DeviceReport report(
      ModelUpdate update, DeviceEvent event, @Nullable String reason, EventTimes times) {
    return DeviceReport.newBuilder()
        .setDeviceId(settings.deviceId())
        .setModel(update.getModel())
        .setChannel(update.getChannel())
        .setVersion(update.getVersion())
        .setEvent(event)
        .setReason(reason)
        .setEventTimes(times)
        .setAnswersServed(answersServed.getAsLong())
        .setAt(clock.instant())
        .build();
  }
}
