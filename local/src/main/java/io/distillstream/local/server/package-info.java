/** How commands reach a server of a pipeline over HTTP: whom they trust, and what they show. */
@NullMarked
package io.distillstream.local.server;

import org.jspecify.annotations.NullMarked;
