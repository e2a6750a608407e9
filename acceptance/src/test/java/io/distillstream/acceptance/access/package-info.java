/** Logins, rights and secrets. */
@NullMarked
package io.distillstream.acceptance.access;

import org.jspecify.annotations.NullMarked;
