/**
 * Checkpoints on the log: written in one transaction with the offsets, read back, restored,
 * deleted.
 */
@NullMarked
package io.distillstream.trainer.checkpoint.log;

import org.jspecify.annotations.NullMarked;
