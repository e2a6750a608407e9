/**
 * Any ONNX model to the best artifact for a device, without Kafka and without any training engine.
 *
 * <p>In the order of the work: {@code data} reads samples, {@code optimize} simplifies the graph,
 * {@code calibrate} watches its activations, {@code scheme} rewrites it in fewer bits, {@code gate}
 * judges a candidate beside its original, {@code search} finds the candidate worth judging, {@code
 * report} says what was done and why. {@code engine} runs models.
 */
@NullMarked
package io.distillstream.quantization;

import org.jspecify.annotations.NullMarked;
