/** Tests against a real broker and the genuine Confluent client. */
@NullMarked
package io.distillstream.embedded;

import org.jspecify.annotations.NullMarked;
