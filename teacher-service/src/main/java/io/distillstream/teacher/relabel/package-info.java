/** Asks a teacher about texts of the log that have a label already. */
@NullMarked
package io.distillstream.teacher.relabel;

import org.jspecify.annotations.NullMarked;
