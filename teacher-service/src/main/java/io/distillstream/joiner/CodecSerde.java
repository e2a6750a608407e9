package io.distillstream.joiner;

import io.distillstream.wire.Codec;
import io.distillstream.wire.UndecodableRecordException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** Keeps records of the wire contract in a state store, in the form they have on their topic. */
final class CodecSerde {

  private CodecSerde() {}

  static <T extends SpecificRecord> Serde<T> of(Codec<T> codec) {
    return Serdes.serdeFrom(
        (storeTopic, value) -> value == null ? null : codec.encode(value),
        (storeTopic, bytes) -> bytes == null ? null : decode(codec, bytes));
  }

  /** Unlike a record from outside, one of our own that cannot be read has no way around it. */
  static <T extends SpecificRecord> T decode(Codec<T> codec, byte[] bytes) {
    try {
      return codec.decode(bytes);
    } catch (UndecodableRecordException e) {
      throw new SerializationException("The joiner's own state cannot be read", e);
    }
  }
}
