/**
 * The command {@code evaluate}: scores teacher, student and artifact on a labelled file, none of
 * which is recorded or learned from.
 */
@NullMarked
package io.distillstream.local.evaluate;

import org.jspecify.annotations.NullMarked;
