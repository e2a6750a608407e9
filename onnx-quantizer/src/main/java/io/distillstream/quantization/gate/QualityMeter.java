package io.distillstream.quantization.gate;

import io.distillstream.model.ArgMax;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.quantization.engine.TensorValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Compares answers sample by sample, every row of every output. Not thread-safe. */
public final class QualityMeter {
  private final Map<String, OutputMeter> outputs = new LinkedHashMap<>();
  private int samples;
  private int labelled;
  private int originalRight;
  private int candidateRight;

  /**
   * Compares outputs of these kinds.
   *
   * @param kinds by output, in the order of the graph
   */
  public QualityMeter(Map<String, OutputKind> kinds) {
    kinds.forEach((output, kind) -> outputs.put(output, new OutputMeter(output, kind)));
  }

  /**
   * Adds a sample.
   *
   * @param label of the only row of the first output, if one is known
   * @throws InvalidModelException if the candidate lacks an output
   */
  public void add(
      Map<String, TensorValue> original, Map<String, TensorValue> candidate, OptionalInt label) {
    samples++;
    outputs.forEach(
        (output, meter) -> meter.add(answer(original, output), answer(candidate, output)));
    if (label.isPresent() && !outputs.isEmpty()) {
      String first = outputs.keySet().iterator().next();
      labelled++;
      originalRight += isRight(answer(original, first), label.getAsInt());
      candidateRight += isRight(answer(candidate, first), label.getAsInt());
    }
  }

  private static TensorValue answer(Map<String, TensorValue> answers, String output) {
    TensorValue answer = answers.get(output);
    if (answer == null) {
      throw new InvalidModelException(
          "Expected the output %s, the model gives %s".formatted(output, answers.keySet()));
    }
    return answer;
  }

  private static int isRight(TensorValue answer, int label) {
    int predicted =
        answer.isFloat()
            ? ArgMax.of(answer.floats(), 0, answer.lastLength())
            : Math.toIntExact(answer.longs()[0]);
    return predicted == label ? 1 : 0;
  }

  /** Of all samples so far. */
  public Quality quality() {
    return samples == 0
        ? Quality.UNKNOWN
        : new Quality(
            samples,
            outputs.values().stream().map(OutputMeter::quality).toList(),
            labelled,
            share(originalRight),
            share(candidateRight));
  }

  private OptionalDouble share(int right) {
    return labelled == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) right / labelled);
  }
}
