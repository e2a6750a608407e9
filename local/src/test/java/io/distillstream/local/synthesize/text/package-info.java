/** Tests of made-up texts. */
@NullMarked
package io.distillstream.local.synthesize.text;

import org.jspecify.annotations.NullMarked;
