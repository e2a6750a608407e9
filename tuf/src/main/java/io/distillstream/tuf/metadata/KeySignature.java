package io.distillstream.tuf.metadata;

/**
 * A signature beside metadata.
 *
 * @param keyId of the key that is said to have made it
 * @param signatureHex in lower-case hexadecimal
 */
public record KeySignature(String keyId, String signatureHex) {}
