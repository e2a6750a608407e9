/**
 * What the gateway answers. Reads are answered on the server's own threads, which never wait: a
 * device that listens for events, waits for a version or reads slowly holds none.
 */
@NullMarked
package io.distillstream.gateway.http;

import org.jspecify.annotations.NullMarked;
