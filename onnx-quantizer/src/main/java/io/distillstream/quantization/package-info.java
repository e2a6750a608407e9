/**
 * Any ONNX model to the best artifact for a device, without Kafka and without any training engine.
 *
 * <p>In the order of the work, which {@link io.distillstream.quantization.ModelQuantizer} goes
 * through from top to bottom: {@code data} reads samples; {@code optimize} simplifies the graph;
 * {@code layer} finds what can be held in fewer bits; {@code equalize} and {@code signedness}
 * prepare the weights; {@code calibrate} watches activations; {@code plan} says what each layer is
 * to be held in; {@code graph} rewrites the graph by it, with a {@code scheme} for each layer that
 * writes with what {@code rewrite} and {@code weights} offer; {@code gate} judges a candidate
 * beside its original; {@code search} finds the candidate worth judging; {@code report} says what
 * was done and why. {@code engine} runs models.
 */
@NullMarked
package io.distillstream.quantization;

import org.jspecify.annotations.NullMarked;
