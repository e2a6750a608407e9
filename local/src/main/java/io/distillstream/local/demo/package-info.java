/** What the demo measures when its traffic has ended, and how it is shown. */
@NullMarked
package io.distillstream.local.demo;

import org.jspecify.annotations.NullMarked;
