package io.distillstream.artifacts.incumbent;

/**
 * How two students compare on the requests of one label.
 *
 * @param label index of the class
 * @param samples requests
 * @param difference agreement of the candidate with the teacher's most probable class minus that of
 *     the incumbent
 * @param logEvidence natural logarithm of the e-value against "it lost no more than the margin of a
 *     class"
 */
public record ClassDifference(int label, int samples, double difference, double logEvidence) {}
