/**
 * What each part of a pipeline may do at the brokers: the rights that it needs as Kafka's ACLs, and
 * whether a login has them.
 */
@NullMarked
package io.distillstream.wire.access;

import org.jspecify.annotations.NullMarked;
