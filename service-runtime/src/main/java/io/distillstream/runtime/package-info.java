/**
 * The only bootstrap: typed settings with all their problems reported at once, the life of a
 * service, and what a stage says of itself.
 */
@NullMarked
package io.distillstream.runtime;

import org.jspecify.annotations.NullMarked;
