/** What the tap counts. */
@NullMarked
package io.distillstream.tap.metrics;

import org.jspecify.annotations.NullMarked;
