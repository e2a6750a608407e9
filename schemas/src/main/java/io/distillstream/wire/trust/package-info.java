/**
 * The pipeline's TUF repository on its topic. What it says is for devices to verify; here are only
 * files and their names.
 */
@NullMarked
package io.distillstream.wire.trust;

import org.jspecify.annotations.NullMarked;
