package io.distillstream.trainer.augment;

/**
 * A text that the student expects to get wrong, for its teachers to label.
 *
 * @param requestId a function of model, source and substitution
 * @param sourceRequestId whose text was changed
 * @param text as it is to be sent
 */
public record HardExample(String requestId, String sourceRequestId, String text) {}
