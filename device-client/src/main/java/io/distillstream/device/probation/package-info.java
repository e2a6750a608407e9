/** Which models take the process of a device down. */
@NullMarked
package io.distillstream.device.probation;

import org.jspecify.annotations.NullMarked;
