/** Announcements to and reports from devices that listen to an MQTT broker. */
@NullMarked
package io.distillstream.gateway.mqtt;

import org.jspecify.annotations.NullMarked;
