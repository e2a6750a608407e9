/** The faults, one a file; {@link io.distillstream.chaos.fault.Faults} lists them. */
@NullMarked
package io.distillstream.chaos.fault;

import org.jspecify.annotations.NullMarked;
