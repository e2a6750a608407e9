package io.distillstream.quantization.signedness;

import io.distillstream.quantization.weights.WeightForm;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/**
 * In which form 8-bit weights are written for a target, and why.
 *
 * @param target processor
 * @param form chosen
 * @param trials one for each form, fastest first
 */
public record SignednessChoice(TargetProcessor target, WeightForm form, List<Trial> trials) {
  /** How much worse than the best a form may be for its speed to decide. */
  private static final double TOLERATED = 1.05;

  /**
   * One form tried.
   *
   * @param form of the weights
   * @param error of the products: Σ(y − ŷ)² / Σy², the mean over all samples
   * @param micros a run of all samples took; empty if the processor was not there to ask
   */
  public record Trial(WeightForm form, double error, OptionalDouble micros) {}

  public SignednessChoice {
    trials = List.copyOf(trials);
  }

  /**
   * The fastest form among those whose error is within 5 % of the least.
   *
   * @param trials fastest first
   */
  static SignednessChoice of(TargetProcessor target, List<Trial> trials) {
    double least = trials.stream().mapToDouble(Trial::error).min().orElseThrow();
    WeightForm form =
        trials.stream()
            .filter(trial -> trial.error() <= TOLERATED * least)
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("An error is not a number: " + trials))
            .form();
    return new SignednessChoice(target, form, trials);
  }

  /** The same from trials that were timed. */
  public static SignednessChoice ofTimed(TargetProcessor target, List<Trial> trials) {
    return of(
        target,
        trials.stream()
            .sorted(Comparator.comparingDouble(trial -> trial.micros().orElseThrow()))
            .toList());
  }

  /**
   * What to write for a processor that is not there, with errors computed as it would make them.
   *
   * @param samples at least one product with activations of real inputs
   * @throws IllegalArgumentException for {@link TargetProcessor#THIS_MACHINE}, which is there to
   *     ask
   */
  public static SignednessChoice emulated(TargetProcessor target, List<ProductSample> samples) {
    List<WeightForm> forms = target.fastestFirst();
    double[] errors = new double[forms.size()];
    for (ProductSample sample : samples) {
      double[] exact = sample.product();
      for (int i = 0; i < errors.length; i++) {
        float[] computed = IntegerProduct.of(sample, forms.get(i), target.saturates());
        errors[i] += ProductError.of(exact, computed) / samples.size();
      }
    }
    List<Trial> trials = new ArrayList<>();
    for (int i = 0; i < errors.length; i++) {
      trials.add(new Trial(forms.get(i), errors[i], OptionalDouble.empty()));
    }
    return of(target, trials);
  }
}
