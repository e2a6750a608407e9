package io.distillstream.quantization.search;

import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.gate.Measurements;
import io.distillstream.quantization.gate.Verdict;
import io.distillstream.quantization.scheme.PrecisionPlan;

/**
 * A candidate that was built and judged.
 *
 * @param ladder on which it was found
 * @param plan what is held how
 * @param artifact the rewritten model
 * @param measured beside the original
 * @param verdict of the gate
 */
public record Attempt(
    Ladder ladder,
    PrecisionPlan plan,
    OnnxModel artifact,
    Measurements measured,
    Verdict verdict) {}
