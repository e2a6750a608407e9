package io.distillstream.benchmarks.delta;

import io.distillstream.artifacts.QuantizerSettings;
import io.distillstream.model.ArgMax;
import io.distillstream.model.ModelMetadata;
import io.distillstream.model.quantization.SquaredGradients;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Port;
import io.distillstream.quantization.ActivationSource;
import io.distillstream.quantization.ModelQuantizer;
import io.distillstream.quantization.ModelQuantizer.Evidence;
import io.distillstream.quantization.Quantization;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.engine.LoadedModel;
import io.distillstream.quantization.engine.OnnxRuntimeModel;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.search.Progress;
import io.distillstream.quantization.weights.Hysteresis;
import io.distillstream.quantization.weights.PreviousWeights;
import io.distillstream.trainer.examples.Example;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Makes an artifact of a checkpoint as the quantizer service does, and scores it. */
final class ArtifactMaker {
  private final ModelQuantizer quantizer;
  private final int judged;
  private final List<Example> unseen;
  private final Hysteresis hysteresis;
  private PreviousWeights previous;

  /**
   * @param unseen examples that nobody learns: some to judge candidates on, all to score on
   */
  ArtifactMaker(QuantizerSettings settings, ModelMetadata metadata, List<Example> unseen) {
    this.quantizer = new ModelQuantizer(settings.quantization(), Progress.NONE);
    this.judged = settings.samples().evaluation();
    this.unseen = unseen;
    this.hysteresis = settings.deltas().hysteresis();
    this.previous = PreviousWeights.first(hysteresis);
  }

  /**
   * Writes the artifact, which the next one is made after.
   *
   * @return share of the unseen examples on which it predicts what the checkpoint does
   */
  double make(OnnxModel checkpoint, Path target) throws IOException {
    List<String> inputs = checkpoint.inputs().stream().map(Port::name).toList();
    List<Sample> samples = new ArrayList<>();
    List<LabelledSample> evaluation = new ArrayList<>();
    for (Example example : unseen) {
      Sample sample = Sample.ofTokens(example.tokens(), inputs);
      samples.add(sample);
      if (evaluation.size() < judged) {
        evaluation.add(new LabelledSample(sample, OptionalInt.empty(), Optional.empty()));
      }
    }
    Quantization quantization =
        quantizer.quantize(
            checkpoint,
            new Evidence(
                ActivationSource.NONE,
                List.of(),
                evaluation,
                SquaredGradients.from(checkpoint.metadata()),
                previous));
    OnnxModel artifact = quantization.artifact();
    artifact.write(target);
    previous = PreviousWeights.of(artifact, hysteresis);
    int[] expected = predictions(checkpoint, samples);
    int[] actual = predictions(artifact, samples);
    int equal = 0;
    for (int i = 0; i < expected.length; i++) {
      equal += expected[i] == actual[i] ? 1 : 0;
    }
    return (double) equal / expected.length;
  }

  private static int[] predictions(OnnxModel model, List<Sample> samples) {
    try (LoadedModel loaded = OnnxRuntimeModel.load(model)) {
      return samples.stream().mapToInt(one -> ArgMax.of(loaded.answer(one).floats())).toArray();
    }
  }
}
