/** The loss of a batch, its gradients, and the heads that serve it alone. */
@NullMarked
package io.distillstream.trainer.objective;

import org.jspecify.annotations.NullMarked;
