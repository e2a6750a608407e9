/**
 * What layers are to be held in: the precision of each, and the options of how a precision is held.
 */
@NullMarked
package io.distillstream.quantization.plan;

import org.jspecify.annotations.NullMarked;
