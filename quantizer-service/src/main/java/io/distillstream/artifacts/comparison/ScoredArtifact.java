package io.distillstream.artifacts.comparison;

import io.distillstream.artifacts.incumbent.HeldOut;
import io.distillstream.artifacts.incumbent.Score;
import io.distillstream.artifacts.incumbent.Scores;
import io.distillstream.model.ModelFormatException;
import io.distillstream.model.ModelMetadata;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.engine.LoadedModel;
import io.distillstream.quantization.engine.OnnxRuntimeModel;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * An artifact and how well it answers held-out requests. Texts are run one by one, as on a device,
 * and each once: answers of a file do not change. Not thread-safe.
 */
final class ScoredArtifact {
  private final OnnxModel artifact;
  private final ModelMetadata metadata;
  private final Map<String, Score> known = new HashMap<>();

  /**
   * @throws ModelFormatException if the file does not say how texts become tokens
   */
  ScoredArtifact(OnnxModel artifact) {
    this.artifact = artifact;
    this.metadata = ModelMetadata.fromMap(artifact.metadata());
  }

  /**
   * Scores of these requests; those of others are forgotten.
   *
   * @throws InvalidModelException if the engine refuses the file
   */
  Scores scores(List<HeldOut> requests) {
    known.keySet().retainAll(requests.stream().map(HeldOut::id).collect(Collectors.toSet()));
    if (known.size() < requests.size()) {
      try (LoadedModel model = OnnxRuntimeModel.load(artifact)) {
        requests.forEach(
            request -> known.computeIfAbsent(request.id(), id -> score(model, request)));
      }
    }
    return Scores.of(requests.stream().map(request -> known.get(request.id())).toList());
  }

  private Score score(LoadedModel model, HeldOut request) {
    int[] tokens = metadata.tokenizer().encode(request.text(), metadata.maxTokens());
    try {
      TensorValue answer = model.answer(Sample.ofTokens(tokens, model.inputNames()));
      return Score.of(request, answer.floats());
    } catch (InvalidModelException e) {
      return Score.NONE;
    }
  }
}
