/** The command {@code labels}: what teachers said, as an asset that outlives a student. */
@NullMarked
package io.distillstream.local.labels;

import org.jspecify.annotations.NullMarked;
