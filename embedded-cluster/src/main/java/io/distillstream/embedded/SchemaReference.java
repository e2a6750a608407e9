package io.distillstream.embedded;

/**
 * A schema's use of a type that is registered elsewhere.
 *
 * @param name the type's full name
 */
record SchemaReference(String name, String subject, int version) {}
