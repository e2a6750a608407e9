/** Requests that no client would send. */
@NullMarked
package io.distillstream.acceptance.fuzz;

import org.jspecify.annotations.NullMarked;
