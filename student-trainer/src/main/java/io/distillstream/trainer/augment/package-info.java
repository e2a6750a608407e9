/** Texts made of traffic that the student finds hard, for its teachers to label. */
@NullMarked
package io.distillstream.trainer.augment;

import org.jspecify.annotations.NullMarked;
