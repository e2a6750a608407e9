/** The gateway's files, named by what they hold. */
@NullMarked
package io.distillstream.gateway.store;

import org.jspecify.annotations.NullMarked;
