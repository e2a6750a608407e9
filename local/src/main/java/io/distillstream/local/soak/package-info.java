/** Long training runs that show whether the engine can be trusted. */
@NullMarked
package io.distillstream.local.soak;

import org.jspecify.annotations.NullMarked;
