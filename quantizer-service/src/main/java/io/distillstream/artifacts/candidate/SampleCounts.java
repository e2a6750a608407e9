package io.distillstream.artifacts.candidate;

/**
 * How many texts are looked at, per checkpoint.
 *
 * @param evaluation of the live traffic, for the gate; synthetic ones where there is too little
 * @param probes made up, which go into the manifest for devices to check themselves
 * @param calibration of the live traffic since the last checkpoint, at most, whose activations are
 *     watched
 */
public record SampleCounts(int evaluation, int probes, int calibration) {}
