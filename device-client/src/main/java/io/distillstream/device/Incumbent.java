package io.distillstream.device;

import io.distillstream.device.folder.InstalledModel;
import io.distillstream.device.folder.ModelFolder;
import io.distillstream.device.inference.OnnxClassifier;
import io.distillstream.device.inference.UnusableModelException;
import io.distillstream.device.probation.Probation;
import io.distillstream.device.probation.ProbationWatch;
import io.distillstream.foundation.PlatformLog;
import io.distillstream.update.UpdateManifest;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The model that a device has before any update comes: loaded from its folder, unless it is to be
 * stepped back from. Owns the folder, the model and its probation.
 */
final class Incumbent implements AutoCloseable {

  private static final PlatformLog log = PlatformLog.of(Incumbent.class);

  private final DeviceSettings settings;
  private final Reporter reporter;
  private final ModelFolder folder;
  private final ModelSlot slot = new ModelSlot();
  private final Probation probation;
  private final ProbationWatch watch;
  private final Map<InstalledModel, String> refused = new LinkedHashMap<>();

  private Incumbent(DeviceSettings settings, Reporter reporter, ModelFolder folder) {
    this.settings = settings;
    this.reporter = reporter;
    this.folder = folder;
    this.probation =
        new Probation(settings.crashLimit(), folder, reporter.answersServed(), System::nanoTime);
    this.watch = ProbationWatch.start(probation, "device-" + settings.deviceId());
  }

  /**
   * Opens the device's folder and loads the model installed there, if any.
   *
   * @throws IOException if the folder cannot be read
   * @throws IllegalStateException if another device uses the folder
   */
  static Incumbent open(DeviceSettings settings, Reporter reporter) throws IOException {
    Incumbent incumbent = new Incumbent(settings, reporter, ModelFolder.open(settings.folder()));
    boolean loaded = false;
    try {
      incumbent.load();
      loaded = true;
      return incumbent;
    } finally {
      if (!loaded) {
        incumbent.close();
      }
    }
  }

  ModelFolder folder() {
    return folder;
  }

  ModelSlot slot() {
    return slot;
  }

  Probation probation() {
    return probation;
  }

  /** The installed models that were refused as this was opened, and why. */
  Map<InstalledModel, String> refused() {
    return refused;
  }

  @Override
  public void close() throws IOException {
    slot.swap(null);
    watch.close();
    folder.close();
  }

  private void load() throws IOException {
    Iterator<InstalledModel> kept = folder.kept().stream().filter(this::isFollowed).iterator();
    boolean loaded = false;
    while (!loaded && kept.hasNext()) {
      InstalledModel model = kept.next();
      loaded = takesOver(model, !kept.hasNext());
    }
  }

  /**
   * Versions of another channel cannot be compared with those to come, nor need its labels be
   * alike.
   */
  private boolean isFollowed(InstalledModel model) {
    String key = UpdateManifest.updateKey(model.model(), model.channel());
    if (!key.equals(settings.updateKey())) {
      log.warn(
          "Installed version {} of {} is left alone, since this device follows {}",
          model.version(),
          key,
          settings.updateKey());
      return false;
    }
    return true;
  }

  /**
   * Loads a model or steps back from it.
   *
   * @param last whether there is none to go back to
   * @return whether it answers now; where not, the one before it may
   */
  private boolean takesOver(InstalledModel model, boolean last) throws IOException {
    if (model.version() > settings.highestVersion()) {
      log.warn(
          "Installed version {} is above {} and is forgotten",
          model.version(),
          settings.highestVersion());
      folder.forget(model);
      return false;
    }
    Optional<String> objection = probation.objection(model);
    if (objection.isPresent()) {
      stepBack(model, objection.get(), last);
      return false;
    }
    return tryLoad(model);
  }

  /**
   * What has lasted before is kept where there is nothing else: whatever ends the process may be
   * another thing, and a device without a network would be left with no model for ever.
   */
  private void stepBack(InstalledModel model, String reason, boolean last) {
    boolean kept = last && probation.lasted(model);
    String said = kept ? reason + "; the device starts once without it" : reason;
    log.warn("Installed version {} is refused: {}", model.version(), said);
    refused.put(model, said);
    try {
      folder.reports().keep(reporter.refused(model, said));
      if (kept) {
        probation.rest(model);
      } else {
        folder.withdraw(model);
      }
    } catch (IOException e) {
      log.warn("That is not noted yet and is done again at the next start: {}", e.toString());
    }
  }

  @SuppressWarnings("MustBeClosedChecker") // Transferred to the slot.
  private boolean tryLoad(InstalledModel model) {
    probation.begin(model);
    try {
      // Its probes were passed when it was installed, and its digest has just been checked again.
      OnnxClassifier classifier = OnnxClassifier.open(folder.artifact(model), settings.threads());
      slot.swap(new LeasedModel(classifier, model.version()));
      probation.takenOver();
      return true;
    } catch (UnusableModelException e) {
      log.warn("Installed version {} cannot be loaded any more", model.version(), e);
      probation.survived();
      return false;
    }
  }
}
