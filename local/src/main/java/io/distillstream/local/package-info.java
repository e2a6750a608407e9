/**
 * The command line, and what is left of it when each subject has a package of its own. The only
 * place that knows all services; none of them knows another.
 */
@NullMarked
package io.distillstream.local;

import org.jspecify.annotations.NullMarked;
