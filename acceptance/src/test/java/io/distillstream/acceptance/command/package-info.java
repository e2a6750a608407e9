/** What the commands do with a running pipeline. */
@NullMarked
package io.distillstream.acceptance.command;

import org.jspecify.annotations.NullMarked;
