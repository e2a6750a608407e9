package io.distillstream.embedded.registry;

/**
 * A schema's place under a subject.
 *
 * @param version from 1, in the order of registration
 * @param id the schema's number in the whole registry, which is what records carry
 * @param deleted softly: hidden, but records that carry the id can still be read
 */
record SchemaVersion(String subject, int version, int id, SchemaText text, boolean deleted) {

  SchemaVersion asDeleted() {
    return new SchemaVersion(subject, version, id, text, true);
  }
}
