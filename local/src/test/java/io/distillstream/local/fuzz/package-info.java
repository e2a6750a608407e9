/** Requests that no client would send. */
@NullMarked
package io.distillstream.local.fuzz;

import org.jspecify.annotations.NullMarked;
