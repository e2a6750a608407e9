/**
 * The command {@code checkpoints}: lists, inspects, compares and restores the checkpoints of a
 * student.
 */
@NullMarked
package io.distillstream.local.checkpoints;

import org.jspecify.annotations.NullMarked;
