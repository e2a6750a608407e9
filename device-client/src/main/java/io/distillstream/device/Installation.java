package io.distillstream.device;

import java.nio.file.Path;
import java.time.Instant;

/**
 * A model that began to answer on this device.
 *
 * @param version of the model
 * @param artifact the file it runs from; kept until the next version is installed, at least
 * @param at when it began to answer
 * @param recordsTrained how many records it had learned from, since its fresh start
 * @param bytesFetched how many bytes were fetched for it: those of the file, or of deltas that made
 *     it of the one before, as far as they were not there already
 */
public record Installation(
    long version, Path artifact, Instant at, long recordsTrained, long bytesFetched) {}
