package io.distillstream.gateway.store;

import java.nio.file.Path;

/**
 * A whole file of the store.
 *
 * @param path where it lies
 * @param sizeBytes of the file
 * @param sha256 of the file, which is its name
 */
public record StoredFile(Path path, long sizeBytes, String sha256) {}
