/** The commands {@code acls} and {@code topics}: what an administrator does before services run. */
@NullMarked
package io.distillstream.local.access;

import org.jspecify.annotations.NullMarked;
