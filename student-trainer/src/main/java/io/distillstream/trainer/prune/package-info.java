/** What pruning while training removes, by which measure, and when. Knows no engine. */
@NullMarked
package io.distillstream.trainer.prune;

import org.jspecify.annotations.NullMarked;
