/** TLS of servers and of their callers, by certificates and keys in PEM files. */
@NullMarked
package io.distillstream.http.tls;

import org.jspecify.annotations.NullMarked;
