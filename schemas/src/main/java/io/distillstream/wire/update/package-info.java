/**
 * Updates and what devices say of them, between the topics' records and {@link
 * io.distillstream.update}: the one place where they are turned into each other.
 */
@NullMarked
package io.distillstream.wire.update;

import org.jspecify.annotations.NullMarked;
