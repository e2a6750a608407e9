/** What a checkpoint holds, what becomes of old ones, and who keeps them. */
@NullMarked
package io.distillstream.trainer.checkpoint;

import org.jspecify.annotations.NullMarked;
