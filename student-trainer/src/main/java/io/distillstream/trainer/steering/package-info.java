/** How training is steered: what the next step is taken with, given how the last ones went. */
@NullMarked
package io.distillstream.trainer.steering;

import org.jspecify.annotations.NullMarked;
