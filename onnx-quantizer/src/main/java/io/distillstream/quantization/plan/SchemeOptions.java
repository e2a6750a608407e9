package io.distillstream.quantization.plan;

import io.distillstream.model.quantization.ColumnQuantization;
import io.distillstream.quantization.weights.Granularity;
import io.distillstream.quantization.weights.PreviousWeights;
import io.distillstream.quantization.weights.WeightForm;
import java.util.Map;
import java.util.OptionalLong;

/**
 * How the schemes hold what a plan asks for.
 *
 * @param granularity of the scales of 8-bit weights
 * @param form of 8-bit weights in integer products
 * @param blocks of weights that are held in blocks
 * @param half what fp16 means
 * @param fuseAttention whether attention over products in dynamic 8 bits becomes one operator of
 *     ONNX Runtime's own domain; see {@link
 *     io.distillstream.quantization.optimize.attention.IntegerAttention}
 * @param minSavedBytes what 8 bits must save of a constant to be worth its precision, at least 0:
 *     every constant of which they save anything at all; empty: {@linkplain
 *     ColumnQuantization#minSavedBytes what is little in the model} stays
 * @param means mean activations by tensor, one value per channel (the last axis of what a product
 *     takes, the second of what a convolution takes): where given, the mean shift that rounding
 *     weights causes is taken off the result; empty to leave biases alone
 * @param previous what the artifact before holds 8-bit weights in, and how much of that is kept
 */
public record SchemeOptions(
    Granularity granularity,
    WeightForm form,
    BlockOptions blocks,
    HalfMode half,
    boolean fuseAttention,
    OptionalLong minSavedBytes,
    Map<String, float[]> means,
    PreviousWeights previous) {

  /**
   * Per channel, unsigned weights, blocks of 32, fp16 as storage, fused attention, constants that
   * are little in their model left alone, no bias correction.
   */
  public static final SchemeOptions DEFAULTS =
      new SchemeOptions(
          Granularity.PER_CHANNEL,
          WeightForm.UNSIGNED,
          BlockOptions.DEFAULTS,
          HalfMode.STORAGE,
          true,
          OptionalLong.empty(),
          Map.of(),
          PreviousWeights.NONE);

  public SchemeOptions {
    means = Map.copyOf(means);
    if (minSavedBytes.orElse(0) < 0) {
      throw new IllegalArgumentException(
          "Expected at least 0 bytes saved of a layer, got " + minSavedBytes.getAsLong());
    }
  }

  public SchemeOptions with(Granularity other) {
    return new SchemeOptions(
        other, form, blocks, half, fuseAttention, minSavedBytes, means, previous);
  }

  public SchemeOptions with(WeightForm other) {
    return new SchemeOptions(
        granularity, other, blocks, half, fuseAttention, minSavedBytes, means, previous);
  }

  public SchemeOptions with(BlockOptions other) {
    return new SchemeOptions(
        granularity, form, other, half, fuseAttention, minSavedBytes, means, previous);
  }

  public SchemeOptions with(HalfMode other) {
    return new SchemeOptions(
        granularity, form, blocks, other, fuseAttention, minSavedBytes, means, previous);
  }

  /** The same with operators of ONNX alone where 8 bits are dynamic. */
  public SchemeOptions withoutFusedAttention() {
    return new SchemeOptions(
        granularity, form, blocks, half, false, minSavedBytes, means, previous);
  }

  /** The same, leaving alone constants that would save less than this in 8 bits. */
  public SchemeOptions withMinSavedBytes(long bytes) {
    return new SchemeOptions(
        granularity, form, blocks, half, fuseAttention, OptionalLong.of(bytes), means, previous);
  }

  /** The same with bias correction by these mean activations. */
  public SchemeOptions withMeans(Map<String, float[]> byTensor) {
    return new SchemeOptions(
        granularity, form, blocks, half, fuseAttention, minSavedBytes, byTensor, previous);
  }

  /** The same, keeping something of the artifact before. */
  public SchemeOptions with(PreviousWeights other) {
    return new SchemeOptions(
        granularity, form, blocks, half, fuseAttention, minSavedBytes, means, other);
  }
}
