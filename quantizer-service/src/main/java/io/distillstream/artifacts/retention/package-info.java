/** Which published artifacts stay on the log, and which can go. */
@NullMarked
package io.distillstream.artifacts.retention;

import org.jspecify.annotations.NullMarked;
