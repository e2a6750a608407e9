package io.distillstream.device;

import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.Probe;
import java.nio.file.Path;
import java.util.List;

/**
 * Decides whether an artifact whose bytes are those of its manifest may answer on this device.
 *
 * <p>This is where trust is decided: a manifest's signature and a signed permission to go back to
 * an older version are further conditions of the same kind.
 */
final class Acceptance {

  static final String ONNX = "onnx";

  private final int threads;
  private final ProbeTolerance tolerance;

  Acceptance(int threads, ProbeTolerance tolerance) {
    this.threads = threads;
    this.tolerance = tolerance;
  }

  /** Refuses, before anything is downloaded, what could not be loaded anyway. */
  void check(ModelUpdate update) throws UnusableModelException {
    if (!update.getFormat().equals(ONNX)) {
      throw new UnusableModelException(
          "its format is " + update.getFormat() + ", this device runs " + ONNX);
    }
  }

  /**
   * Loads the artifact and holds it to its manifest.
   *
   * @return the classifier, owned by the caller
   * @throws UnusableModelException if it must not answer here; nothing stays open then
   */
  @SuppressWarnings("MustBeClosedChecker") // Transferred to the caller, or closed below.
  OnnxClassifier open(ModelUpdate update, Path artifact) throws UnusableModelException {
    OnnxClassifier classifier = OnnxClassifier.open(artifact, threads);
    boolean accepted = false;
    try {
      String labelSpace = classifier.labels().fingerprint();
      if (!labelSpace.equals(update.getLabelSpace())) {
        throw new UnusableModelException(
            "its label space is %s, the manifest says %s"
                .formatted(labelSpace, update.getLabelSpace()));
      }
      checkProbes(classifier, update.getProbe());
      accepted = true;
      return classifier;
    } catch (InferenceException e) {
      throw new UnusableModelException("it fails on the probe: " + e.getMessage(), e);
    } finally {
      if (!accepted) {
        classifier.close();
      }
    }
  }

  private void checkProbes(OnnxClassifier classifier, List<Probe> probes)
      throws UnusableModelException {
    for (int i = 0; i < probes.size(); i++) {
      String text = probes.get(i).getInput().getText();
      if (text == null) {
        throw new UnusableModelException("probe " + i + " holds no text");
      }
      float[] expected = toArray(probes.get(i).getLogits());
      float[] actual = classifier.logits(text);
      if (!tolerance.accepts(expected, actual)) {
        throw new UnusableModelException(
            "probe %d of %d: logits differ by %s, allowed is %s"
                .formatted(
                    i,
                    probes.size(),
                    ProbeTolerance.maxAbsDifference(expected, actual),
                    tolerance.maxAbsDifference()));
      }
    }
  }

  private static float[] toArray(List<Float> values) {
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }
}
