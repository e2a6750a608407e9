/**
 * In which form a processor wants its 8-bit weights, signed, signed in 7 bits or unsigned: found by
 * running products in an engine, or by computing what other processors would answer.
 */
@NullMarked
package io.distillstream.quantization.signedness;

import org.jspecify.annotations.NullMarked;
