/** Forward and backward passes in DJL on PyTorch. The one package here that knows DJL. */
@NullMarked
package io.distillstream.trainer.engine.djl;

import org.jspecify.annotations.NullMarked;
