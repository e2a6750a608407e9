package io.distillstream.wire;

/**
 * How much Avro reserves for what a record announces, before it sees whether so much follows. Avro
 * takes these limits from the process, when it is first used, and its own let one field take 2 GiB.
 */
final class AvroLimits {

  private static final int LONGEST_FIELD_BYTES = 64 << 20;
  private static final int LONGEST_COLLECTION = 1 << 20;

  private AvroLimits() {}

  /** Sets them, if Avro was not used before; leaves what whoever started the process chose. */
  static void set() {
    limit("bytes.maxLength", LONGEST_FIELD_BYTES);
    limit("string.maxLength", LONGEST_FIELD_BYTES);
    limit("collectionItems.maxLength", LONGEST_COLLECTION);
  }

  private static void limit(String name, int value) {
    String property = "org.apache.avro.limits." + name;
    if (System.getProperty(property) == null) {
      System.setProperty(property, Integer.toString(value));
    }
  }
}
