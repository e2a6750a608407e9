/** Labels in figures. */
@NullMarked
package io.distillstream.local.labels.stats;

import org.jspecify.annotations.NullMarked;
