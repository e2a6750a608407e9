package io.distillstream.embedded.registry;

/**
 * A schema's use of a type that is registered elsewhere.
 *
 * @param name the type's full name
 */
record SchemaReference(String name, String subject, int version) {}
