/** Texts that are made up where there is no traffic yet, and the choice among them. */
@NullMarked
package io.distillstream.local.synthesize.text;

import org.jspecify.annotations.NullMarked;
