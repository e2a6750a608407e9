/**
 * A Confluent-compatible schema registry for Avro: the REST routes, what a change of the state is,
 * and the compacted topic that the state lives in.
 */
@NullMarked
package io.distillstream.embedded.registry;

import org.jspecify.annotations.NullMarked;
