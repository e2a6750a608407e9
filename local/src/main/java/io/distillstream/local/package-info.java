/**
 * The command line, and the embedded default: broker, registry and every service in one process.
 * The only place that knows all services; none of them knows another.
 */
@NullMarked
package io.distillstream.local;

import org.jspecify.annotations.NullMarked;
