/** TLS of servers, by certificates and keys in files. */
@NullMarked
package io.distillstream.http.tls;

import org.jspecify.annotations.NullMarked;
