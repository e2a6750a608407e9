/** Signs what a channel publishes with the key of its role, where there is one. */
@NullMarked
package io.distillstream.artifacts.signing;

import org.jspecify.annotations.NullMarked;
