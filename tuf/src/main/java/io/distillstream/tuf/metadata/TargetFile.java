package io.distillstream.tuf.metadata;

/**
 * What metadata says of a target.
 *
 * @param length in bytes
 * @param sha256 in lower-case hexadecimal
 */
public record TargetFile(long length, String sha256) {}
