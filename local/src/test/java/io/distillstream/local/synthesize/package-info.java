/** Tests of made-up traffic. */
@NullMarked
package io.distillstream.local.synthesize;

import org.jspecify.annotations.NullMarked;
