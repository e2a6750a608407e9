/**
 * What a checkpoint is on the log: its state's file, its manifest, and the records beside these.
 */
@NullMarked
package io.distillstream.trainer.checkpoint.record;

import org.jspecify.annotations.NullMarked;
