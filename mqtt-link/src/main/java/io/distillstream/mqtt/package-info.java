/**
 * A connection to an MQTT broker that is made again whenever it is lost, the topics that gateways
 * and devices use, and what they say there beyond the documents that go over HTTP, too.
 */
@NullMarked
package io.distillstream.mqtt;

import org.jspecify.annotations.NullMarked;
