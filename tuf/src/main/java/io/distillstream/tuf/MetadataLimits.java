package io.distillstream.tuf;

/**
 * How much a repository may ask of a client before its signatures are checked. The defaults are
 * those of the reference client, python-tuf.
 *
 * @param rootBytes longest root metadata
 * @param timestampBytes longest timestamp metadata
 * @param snapshotBytes longest snapshot metadata
 * @param targetsBytes longest metadata of targets, delegated ones included
 * @param rootRotations most new roots in one update
 * @param delegations most roles asked for one target
 */
record MetadataLimits(
    int rootBytes,
    int timestampBytes,
    int snapshotBytes,
    int targetsBytes,
    int rootRotations,
    int delegations) {

  static final MetadataLimits DEFAULTS =
      new MetadataLimits(512_000, 16_384, 2_000_000, 5_000_000, 256, 32);
}
