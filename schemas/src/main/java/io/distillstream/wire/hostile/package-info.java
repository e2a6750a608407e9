/**
 * Values that nobody should write to a topic, for whoever tries what its readers make of them.
 * Nothing that runs in a pipeline uses this.
 */
@NullMarked
package io.distillstream.wire.hostile;

import org.jspecify.annotations.NullMarked;
