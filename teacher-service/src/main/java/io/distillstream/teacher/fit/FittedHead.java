package io.distillstream.teacher.fit;

/**
 * What came out of a fit.
 *
 * @param examples read from the labelled file
 * @param classes distinct labels among them
 * @param validationAccuracy share of the validation split answered rightly by the written head's
 *     twin that did not see it
 * @param sha256 digest of the written head file, in hexadecimal
 */
public record FittedHead(int examples, int classes, double validationAccuracy, String sha256) {}
