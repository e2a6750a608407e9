/** Everything that training continues from, and the optimizer whose moments are part of it. */
@NullMarked
package io.distillstream.trainer.state;

import org.jspecify.annotations.NullMarked;
