package io.distillstream.gateway.hawkbit;

/**
 * A file of an update.
 *
 * @param name among the files of the update
 */
record DescribedFile(String name, long sizeBytes, FileDigests digests) {}
