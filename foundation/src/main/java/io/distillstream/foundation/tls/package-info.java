/**
 * Certificates and private keys in PEM files, and what Java's TLS makes of them, for servers and
 * clients alike.
 */
@NullMarked
package io.distillstream.foundation.tls;

import org.jspecify.annotations.NullMarked;
