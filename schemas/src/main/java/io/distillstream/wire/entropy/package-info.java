/**
 * Adaptive arithmetic coding: a range coder, and models of what it codes. Knows nothing of what the
 * numbers mean.
 */
@NullMarked
package io.distillstream.wire.entropy;

import org.jspecify.annotations.NullMarked;
