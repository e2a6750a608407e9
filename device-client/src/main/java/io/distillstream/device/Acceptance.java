package io.distillstream.device;

import io.distillstream.device.folder.InstalledModel;
import io.distillstream.device.inference.OnnxClassifier;
import io.distillstream.device.inference.UnusableModelException;
import io.distillstream.device.probation.Probation;
import io.distillstream.update.ExpectedLogits;
import io.distillstream.update.UpdateManifest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides whether an artifact whose bytes are those of its manifest may answer on this device.
 * Where the device has a trusted root, manifests that nobody vouches for do not come this far: see
 * {@link io.distillstream.device.trust.TrustedUpdateSource}.
 */
final class Acceptance {

  static final String ONNX = "onnx";

  private final int threads;
  private final ProbeTolerance tolerance;
  private final long highestVersion;
  private final Set<InstalledModel> forgotten;
  private final Probation probation;

  /**
   * @param forgotten models that the device stepped back from
   * @param probation borrowed
   */
  Acceptance(DeviceSettings settings, Set<InstalledModel> forgotten, Probation probation) {
    this.threads = settings.threads();
    this.tolerance = settings.probeTolerance();
    this.highestVersion = settings.highestVersion();
    this.forgotten = Set.copyOf(forgotten);
    this.probation = probation;
  }

  /** Refuses, before anything is downloaded, what could not be loaded anyway. */
  void check(UpdateManifest update) throws UnusableModelException {
    if (update.version() > highestVersion) {
      throw new UnusableModelException("this device takes no version above " + highestVersion);
    }
    InstalledModel model = InstalledModel.of(update);
    if (forgotten.contains(model)) {
      throw new UnusableModelException("this device stepped back from it");
    }
    Optional<String> objection = probation.objection(model);
    if (objection.isPresent()) {
      throw new UnusableModelException(objection.get());
    }
    if (!update.format().equals(ONNX)) {
      throw new UnusableModelException(
          "its format is " + update.format() + ", this device runs " + ONNX);
    }
  }

  /**
   * Loads the artifact and holds it to its manifest. It is on probation from then on.
   *
   * @return the classifier, owned by the caller
   * @throws UnusableModelException if it must not answer here; nothing stays open then
   */
  OnnxClassifier open(UpdateManifest update, Path artifact) throws UnusableModelException {
    probation.begin(InstalledModel.of(update));
    try {
      return openChecked(update, artifact);
    } catch (RuntimeException e) {
      // Of ONNX Runtime or the tokenizer, on bytes that the next attempt would find the same.
      throw new UnusableModelException("it fails on the probe or before: " + e, e);
    }
  }

  @SuppressWarnings("MustBeClosedChecker") // Transferred to the caller, or closed below.
  private OnnxClassifier openChecked(UpdateManifest update, Path artifact)
      throws UnusableModelException {
    OnnxClassifier classifier = OnnxClassifier.open(artifact, threads);
    boolean accepted = false;
    try {
      String labelSpace = classifier.labels().fingerprint();
      if (!labelSpace.equals(update.labelSpace())) {
        throw new UnusableModelException(
            String.format(
                "its label space is %s, the manifest says %s", labelSpace, update.labelSpace()));
      }
      checkProbes(classifier, update.probes());
      accepted = true;
      return classifier;
    } finally {
      if (!accepted) {
        classifier.close();
      }
    }
  }

  private void checkProbes(OnnxClassifier classifier, List<ExpectedLogits> probes)
      throws UnusableModelException {
    for (int i = 0; i < probes.size(); i++) {
      String text = probes.get(i).text();
      if (text == null) {
        throw new UnusableModelException("probe " + i + " holds no text");
      }
      float[] expected = probes.get(i).toArray();
      float[] actual = classifier.logits(text);
      if (!tolerance.accepts(expected, actual)) {
        throw new UnusableModelException(
            String.format(
                "probe %d of %d: logits differ by %s, allowed is %s",
                i,
                probes.size(),
                ProbeTolerance.maxAbsDifference(expected, actual),
                tolerance.maxAbsDifference()));
      }
    }
  }
}
