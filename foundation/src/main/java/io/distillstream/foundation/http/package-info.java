/**
 * Whom an HTTP server of this machine answers, decided from the {@code Host} and {@code Origin}
 * that a request carries. Knows no HTTP library: each server reads the headers and refuses in its
 * own words.
 */
@NullMarked
package io.distillstream.foundation.http;

import org.jspecify.annotations.NullMarked;
