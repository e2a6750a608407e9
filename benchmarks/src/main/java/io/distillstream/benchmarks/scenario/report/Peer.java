package io.distillstream.benchmarks.scenario.report;

/**
 * The same student on the same stream in PyTorch from Python.
 *
 * @param scenario in words
 * @param replay whether steps are mixed with remembered examples, in Python of a reservoir
 * @param ours agreement with the teacher on the held-out set after the last record
 * @param theirs the same in Python
 * @param ourRecordsPerSecond fresh ones
 * @param theirRecordsPerSecond the same in Python
 */
public record Peer(
    String scenario,
    boolean replay,
    double ours,
    double theirs,
    double ourRecordsPerSecond,
    double theirRecordsPerSecond) {}
