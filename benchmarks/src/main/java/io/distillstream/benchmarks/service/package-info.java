/** The services on a broker, against plain loops of the same work. */
@NullMarked
package io.distillstream.benchmarks.service;

import org.jspecify.annotations.NullMarked;
