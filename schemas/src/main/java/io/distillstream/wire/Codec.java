package io.distillstream.wire;

import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Turns records of one topic into Confluent's framing (magic byte, schema id, Avro binary) and
 * back.
 *
 * <p>Decoding is a step of its own and not a client setting, so that a stage can send what it
 * cannot read to the dead letters and go on. Thread-safe.
 */
public final class Codec<T extends SpecificRecord> {

  private final Topic<T> kind;
  private final String topic;
  private final String registryUrl;
  private final KafkaAvroSerializer serializer;
  private final KafkaAvroDeserializer deserializer;

  Codec(
      Topic<T> kind,
      String topic,
      String registryUrl,
      KafkaAvroSerializer serializer,
      KafkaAvroDeserializer deserializer) {
    this.kind = kind;
    this.topic = topic;
    this.registryUrl = registryUrl;
    this.serializer = serializer;
    this.deserializer = deserializer;
  }

  /** The full name of the topic whose records this reads and writes. */
  public String topic() {
    return topic;
  }

  /**
   * Encodes a record.
   *
   * @throws RegistryUnavailableException if the schema's id cannot be looked up
   */
  public byte[] encode(T value) {
    try {
      return Objects.requireNonNull(serializer.serialize(topic, value));
    } catch (SerializationException | InvalidConfigurationException | TimeoutException e) {
      throw new RegistryUnavailableException(registryUrl, e);
    }
  }

  /**
   * Decodes a value as read from the topic and checks what it says.
   *
   * @throws UndecodableRecordException if the bytes are at fault, or a number, name or time in them
   * @throws RegistryUnavailableException if the registry is
   */
  public T decode(byte @Nullable [] bytes) throws UndecodableRecordException {
    if (bytes == null || bytes.length == 0) {
      throw new UndecodableRecordException(topic, "it is empty", null);
    }
    Object value = deserialized(bytes);
    if (!kind.type().isInstance(value)) {
      String found = value == null ? "null" : value.getClass().getSimpleName();
      throw new UndecodableRecordException(
          topic, "it is a " + found + ", expected " + kind.type().getSimpleName(), null);
    }
    T record = kind.type().cast(value);
    try {
      kind.check().check(record);
    } catch (IllegalArgumentException e) {
      throw new UndecodableRecordException(topic, String.valueOf(e.getMessage()), e);
    }
    return record;
  }

  /**
   * Whatever the libraries throw at bytes that anybody may have written is the fault of the bytes.
   * Of the registry's own the client says so, since here both look alike: an end that comes too
   * early may be that of the bytes or that of a connection.
   */
  private @Nullable Object deserialized(byte[] bytes) throws UndecodableRecordException {
    try {
      return deserializer.deserialize(topic, bytes);
    } catch (RegistryUnavailableException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new UndecodableRecordException(topic, reason(e), e);
    } catch (StackOverflowError e) {
      throw new UndecodableRecordException(topic, "it is nested too deep", null);
    }
  }

  /** Some libraries say nothing but the name of what they throw. */
  private static String reason(RuntimeException thrown) {
    String message = thrown.getMessage();
    return message == null || message.isBlank()
        ? "it ends early or is malformed (" + thrown.getClass().getSimpleName() + ")"
        : message;
  }
}
