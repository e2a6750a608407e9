/** The kinds of teachers that {@code teacher.kind} can name, each with its settings. */
@NullMarked
package io.distillstream.teacher.kind;

import org.jspecify.annotations.NullMarked;
