/**
 * How the values of one tensor are distributed, in memory that does not grow with their number, and
 * the ranges that can be chosen by that.
 */
@NullMarked
package io.distillstream.quantization.calibrate.distribution;

import org.jspecify.annotations.NullMarked;
