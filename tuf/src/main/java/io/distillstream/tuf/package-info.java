/**
 * A client of The Update Framework, <a
 * href="https://theupdateframework.github.io/specification/v1.0.34/">specification 1.0.34</a>: from
 * a root that the device was given, over signed metadata that anyone may carry, to the length and
 * digest of a target. {@link io.distillstream.tuf.TrustedMetadata} is the workflow of the
 * specification's section 5.
 */
@NullMarked
package io.distillstream.tuf;

import org.jspecify.annotations.NullMarked;
