/** {@code ./distillstream chaos}: faults in a running pipeline under traffic, and what held. */
@NullMarked
package io.distillstream.chaos;

import org.jspecify.annotations.NullMarked;
