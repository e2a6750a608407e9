/**
 * Who may call a server: holders of API keys, of an OpenID Connect issuer's tokens, and of
 * certificates that an authority signed.
 */
@NullMarked
package io.distillstream.http.access;

import org.jspecify.annotations.NullMarked;
