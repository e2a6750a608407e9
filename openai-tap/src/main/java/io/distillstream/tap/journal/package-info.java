/**
 * Completions on their way to Kafka: a bounded journal on disk, what writes it and what publishes
 * it. A completion that is in the journal outlives the process, and an outage of the brokers.
 */
@NullMarked
package io.distillstream.tap.journal;

import org.jspecify.annotations.NullMarked;
