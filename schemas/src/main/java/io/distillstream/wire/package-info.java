/**
 * The wire contract: one typed constant per topic, codecs between records and registry-framed
 * bytes, dead letters, large payloads in chunks, and the small value types that travel inside
 * records. The records themselves are generated into {@code io.distillstream.avro} from {@code
 * src/main/avro}.
 */
@NullMarked
package io.distillstream.wire;

import org.jspecify.annotations.NullMarked;
