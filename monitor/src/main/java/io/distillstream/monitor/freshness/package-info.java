/**
 * How old records are when devices have learned them, where that time goes, and how an objective
 * for it is kept. Fed with records; touches neither Kafka nor HTTP nor a clock.
 */
@NullMarked
package io.distillstream.monitor.freshness;

import org.jspecify.annotations.NullMarked;
