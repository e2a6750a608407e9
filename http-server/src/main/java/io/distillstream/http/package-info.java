/**
 * What every HTTP server of ours grants its clients: how many connections, how much memory and time
 * for their bodies, and threads that nobody who only sends slowly can hold.
 */
@NullMarked
package io.distillstream.http;

import org.jspecify.annotations.NullMarked;
