package io.distillstream.teacher.onnx;

import io.distillstream.teacher.classifier.ClassifierSettings;

/**
 * An ONNX text classifier.
 *
 * @param output the model's output that is read; empty: its first
 * @param threads computation threads of one call
 */
public record OnnxClassifierSettings(ClassifierSettings classifier, String output, int threads) {}
