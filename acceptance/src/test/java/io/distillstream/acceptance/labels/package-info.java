/** Labels that leave the log and come back. */
@NullMarked
package io.distillstream.acceptance.labels;

import org.jspecify.annotations.NullMarked;
