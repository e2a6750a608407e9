/** Pipelines that are killed, cut off, fed with poison or out of disk. */
@NullMarked
package io.distillstream.acceptance.recovery;

import org.jspecify.annotations.NullMarked;
