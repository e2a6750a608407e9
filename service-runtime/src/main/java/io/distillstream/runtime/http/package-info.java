/**
 * The HTTP servers of the services: the endpoints that each of them has, and the guard that keeps
 * pages of other sites out.
 */
@NullMarked
package io.distillstream.runtime.http;

import org.jspecify.annotations.NullMarked;
