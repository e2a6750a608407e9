/** What the Confluent client that is built with is. */
@NullMarked
package io.distillstream.confluent;

import org.jspecify.annotations.NullMarked;
