/** Why metadata or a target was refused: one exception for each kind of refusal. */
@NullMarked
package io.distillstream.tuf.refusal;

import org.jspecify.annotations.NullMarked;
