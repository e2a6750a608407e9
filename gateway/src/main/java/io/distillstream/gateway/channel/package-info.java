/**
 * What the gateway knows of each model and channel: the updates that it can give out, and who waits
 * for the next one.
 */
@NullMarked
package io.distillstream.gateway.channel;

import org.jspecify.annotations.NullMarked;
