/** {@code ./distillstream bench stream}: students on traffic as it really comes. */
@NullMarked
package io.distillstream.benchmarks.scenario;

import org.jspecify.annotations.NullMarked;
