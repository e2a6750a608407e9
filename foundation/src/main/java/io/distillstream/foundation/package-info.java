/**
 * What Java 17 lacks and modules that share nothing else need alike: binary16, hexadecimal digits,
 * SHA-256 digests, files replaced in one step, and the error that names a port in use. Depends on
 * no other module.
 */
@NullMarked
package io.distillstream.foundation;

import org.jspecify.annotations.NullMarked;
