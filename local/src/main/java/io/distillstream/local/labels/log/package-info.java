/** The soft labels of a pipeline's topics: which there are, and how more are published. */
@NullMarked
package io.distillstream.local.labels.log;

import org.jspecify.annotations.NullMarked;
