package io.distillstream.wire.hostile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.util.RandomData;

/**
 * Values that nobody should write to a topic, in Confluent's framing or not even that. All is a
 * function of the seed.
 */
public final class HostileRecords {
  private static final int HEADER_BYTES = 5;
  private static final int LONGEST_NOISE = 300;
  private static final int MOST_FLIPS = 4;

  /** Zig-zag variable-length integers that announce more than can follow. */
  private static final byte[][] LENGTHS = {
    {(byte) 0xfe, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f},
    {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f},
    {
      (byte) 0xfe,
      (byte) 0xff,
      (byte) 0xff,
      (byte) 0xff,
      (byte) 0xff,
      (byte) 0xff,
      (byte) 0xff,
      (byte) 0xff,
      (byte) 0xff,
      0x01
    },
    {(byte) 0x80, (byte) 0x80, 0x40},
    {0x01}
  };

  private final Schema schema;
  private final int schemaId;
  private final Random random;

  /**
   * @param schemaId under which the registry knows the schema
   */
  public HostileRecords(Schema schema, int schemaId, long seed) {
    this.schema = schema;
    this.schemaId = schemaId;
    this.random = new Random(seed);
  }

  /** The next value. */
  public byte[] next() {
    return switch (random.nextInt(6)) {
      case 0 -> noise(random.nextInt(LONGEST_NOISE));
      case 1 -> framed(noise(random.nextInt(LONGEST_NOISE)));
      case 2 -> lie();
      case 3 -> truncated(lie());
      case 4 -> mutated(lie());
      default -> announcing(lie());
    };
  }

  private byte[] noise(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private byte[] framed(byte[] body) {
    return ByteBuffer.allocate(HEADER_BYTES + body.length)
        .put((byte) 0)
        .putInt(schemaId)
        .put(body)
        .array();
  }

  /** A record of the schema whose every field is random. */
  private byte[] lie() {
    Object record = new RandomData(schema, 1, random.nextLong()).iterator().next();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(body, null);
    try {
      new GenericDatumWriter<>(schema).write(record, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return framed(body.toByteArray());
  }

  private byte[] truncated(byte[] value) {
    return Arrays.copyOf(value, random.nextInt(value.length));
  }

  private byte[] mutated(byte[] value) {
    byte[] bytes = value.clone();
    for (int flips = 1 + random.nextInt(MOST_FLIPS); flips > 0; flips--) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
    }
    return bytes;
  }

  /** Writes a length or number over whatever stood there. */
  private byte[] announcing(byte[] value) {
    byte[] length = LENGTHS[random.nextInt(LENGTHS.length)];
    int at = HEADER_BYTES + random.nextInt(value.length - HEADER_BYTES + 1);
    byte[] bytes = Arrays.copyOf(value, Math.max(value.length, at + length.length));
    System.arraycopy(length, 0, bytes, at, length.length);
    return bytes;
  }
}
