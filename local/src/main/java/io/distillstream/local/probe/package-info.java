/** Finds out what an OpenAI-compatible server can give to distil from. */
@NullMarked
package io.distillstream.local.probe;

import org.jspecify.annotations.NullMarked;
