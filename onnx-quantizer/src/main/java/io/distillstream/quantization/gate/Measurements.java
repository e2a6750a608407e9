package io.distillstream.quantization.gate;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What was measured of a candidate.
 *
 * @param quality of its answers
 * @param bytes of its file
 * @param sizeRatio its file's bytes over the original's
 * @param latency where it was timed
 * @param memoryRatio weights and activations at their peak over the original's, where it was
 *     planned
 */
public record Measurements(
    Quality quality,
    long bytes,
    double sizeRatio,
    Optional<LatencyRatio> latency,
    OptionalDouble memoryRatio) {}
