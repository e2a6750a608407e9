/**
 * The label joiner: a Kafka Streams topology that turns what teachers said of a request, and the
 * truth where it is known in time, into one training example per request id.
 */
@NullMarked
package io.distillstream.joiner;

import org.jspecify.annotations.NullMarked;
