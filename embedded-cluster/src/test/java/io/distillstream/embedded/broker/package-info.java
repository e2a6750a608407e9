/** Tests of the broker, in this process and killed in one of its own. */
@NullMarked
package io.distillstream.embedded.broker;

import org.jspecify.annotations.NullMarked;
