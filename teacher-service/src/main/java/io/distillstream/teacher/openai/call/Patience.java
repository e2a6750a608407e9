package io.distillstream.teacher.openai.call;

import java.time.Duration;

/**
 * How failing calls are repeated, and when the server is left alone.
 *
 * @param attempts of one call, the first included
 * @param firstPause before the second attempt; each next is twice as long, all with jitter
 * @param longestPause between attempts; a server that asks for more makes the teacher unavailable
 * @param breakerCalls the newest calls of which half must have failed for the breaker to open
 * @param breakerPause how long it stays open
 */
public record Patience(
    int attempts,
    Duration firstPause,
    Duration longestPause,
    int breakerCalls,
    Duration breakerPause) {}
