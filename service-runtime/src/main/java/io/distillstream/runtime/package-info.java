/**
 * The only bootstrap: typed settings with all their problems reported at once, the life of a
 * service, what a stage says of itself, and its HTTP endpoints.
 */
@NullMarked
package io.distillstream.runtime;

import org.jspecify.annotations.NullMarked;
