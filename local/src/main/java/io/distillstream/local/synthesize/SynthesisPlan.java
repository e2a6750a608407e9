package io.distillstream.local.synthesize;

/**
 * How much is made up.
 *
 * @param run its name, which its request ids begin with
 * @param count texts of the run that are sent in all
 * @param round texts that are sent before the student is looked at again
 * @param candidates texts that may be sent for each that is, once there is a student; 1: all are
 *     sent
 * @param disagreement share of the texts that is chosen by the student's disagreement, 0 to 1
 * @param besideTraffic whether to go on where the student learns from traffic
 */
record SynthesisPlan(
    String run,
    long count,
    int round,
    int candidates,
    double disagreement,
    boolean besideTraffic) {}
