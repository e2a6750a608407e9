/**
 * What students are made of: named parameters, arrays that hold their values, the rows of word
 * tables.
 */
@NullMarked
package io.distillstream.trainer.parameter;

import org.jspecify.annotations.NullMarked;
