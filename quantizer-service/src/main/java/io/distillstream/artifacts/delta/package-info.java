/**
 * What makes the artifact of an update of those published before it: the file that devices run, the
 * delta to the one to be published, and the chain of deltas that a manifest names.
 */
@NullMarked
package io.distillstream.artifacts.delta;

import org.jspecify.annotations.NullMarked;
