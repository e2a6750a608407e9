/**
 * What a model said, taken from its answer while that passes by: texts, tokens with their
 * alternatives, and whether the two agree.
 */
@NullMarked
package io.distillstream.tap.record;

import org.jspecify.annotations.NullMarked;
