/** Tests of the loop and its checkpoints. */
@NullMarked
package io.distillstream.trainer;

import org.jspecify.annotations.NullMarked;
