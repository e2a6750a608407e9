/**
 * Records and consumer offsets as one: the transaction that every stage commits its results with,
 * and the ways in which it can fail.
 */
@NullMarked
package io.distillstream.wire.transaction;

import org.jspecify.annotations.NullMarked;
