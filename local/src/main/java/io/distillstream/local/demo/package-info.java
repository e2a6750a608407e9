/**
 * The demonstration: sends WordNet glosses as live traffic, follows them to a device, and compares
 * what teacher, student and device answer when the traffic has ended.
 */
@NullMarked
package io.distillstream.local.demo;

import org.jspecify.annotations.NullMarked;
