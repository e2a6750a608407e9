/**
 * The state that training starts from: drawn at random, from the teacher's word table, or another
 * student's.
 */
@NullMarked
package io.distillstream.trainer.start;

import org.jspecify.annotations.NullMarked;
