/** Tests of what the repository brings for running it: containers, Prometheus, Grafana. */
@NullMarked
package io.distillstream.local.deployment;

import org.jspecify.annotations.NullMarked;
