/** Whole pipelines, as their users run them: by the command line, against a real cluster. */
@NullMarked
package io.distillstream.acceptance;

import org.jspecify.annotations.NullMarked;
