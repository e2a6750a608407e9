/**
 * MQTT as a device's transport: a broker tells of updates and passes reports on, a {@linkplain
 * io.distillstream.device.http.Gateway gateway} gives out the files.
 */
@NullMarked
package io.distillstream.device.mqtt;

import org.jspecify.annotations.NullMarked;
