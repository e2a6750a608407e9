package io.distillstream.tap.proxy;

import io.distillstream.tap.metrics.TapMetrics;
import io.distillstream.tap.record.Recorded;
import io.distillstream.tap.record.RecordingMemory;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * What of the traffic is recorded.
 *
 * @param alternatives that are asked for, of each token
 * @param sampleRate share of the exchanges that are recorded
 * @param refusalMemory how long an upstream that refused log-probabilities is not asked for them
 * @param exchangeBytes largest answer, or line of one that is streamed, that is looked into, and
 *     most memory for what is recorded of one exchange
 * @param memory of all exchanges that are recorded
 * @param sink takes what was recorded; must not block
 */
public record Recording(
    int alternatives,
    double sampleRate,
    Duration refusalMemory,
    int exchangeBytes,
    RecordingMemory memory,
    TapMetrics metrics,
    Consumer<Recorded> sink) {}
