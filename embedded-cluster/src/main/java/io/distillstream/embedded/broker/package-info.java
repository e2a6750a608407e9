/**
 * One Kafka node, broker and KRaft controller, in this process: its settings, its data folder that
 * one process at a time may use, and its listening sockets.
 */
@NullMarked
package io.distillstream.embedded.broker;

import org.jspecify.annotations.NullMarked;
