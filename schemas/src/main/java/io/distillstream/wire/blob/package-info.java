/** Large payloads over Kafka: written as chunks, read back and verified against their digest. */
@NullMarked
package io.distillstream.wire.blob;

import org.jspecify.annotations.NullMarked;
