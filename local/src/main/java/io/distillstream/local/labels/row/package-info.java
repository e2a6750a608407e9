/** Logged labels as rows of files that other programs read and write. */
@NullMarked
package io.distillstream.local.labels.row;

import org.jspecify.annotations.NullMarked;
