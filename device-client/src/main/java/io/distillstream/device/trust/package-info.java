/**
 * What a device takes that was given a root: updates for which the channel's key vouches, whoever
 * carried them.
 */
@NullMarked
package io.distillstream.device.trust;

import org.jspecify.annotations.NullMarked;
