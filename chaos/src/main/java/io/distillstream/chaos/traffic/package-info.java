/** Requests that keep coming, and which of them were acknowledged. */
@NullMarked
package io.distillstream.chaos.traffic;

import org.jspecify.annotations.NullMarked;
