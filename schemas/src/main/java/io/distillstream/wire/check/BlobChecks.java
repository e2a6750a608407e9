package io.distillstream.wire.check;

import io.distillstream.avro.BlobChunk;
import io.distillstream.avro.BlobRef;

/** Pieces of large payloads, and references to them. */
public final class BlobChecks {
  private BlobChecks() {}

  public static void chunk(BlobChunk chunk) {
    Require.name("blob_id", chunk.getBlobId());
    Require.between("count", chunk.getCount(), 1, Integer.MAX_VALUE);
    Require.between("index", chunk.getIndex(), 0, chunk.getCount() - 1L);
    Require.sha256("sha256", chunk.getSha256());
  }

  static void reference(String field, BlobRef blob) {
    Require.name(field + ".blob_id", blob.getBlobId());
    Require.count(field + ".size_bytes", blob.getSizeBytes());
    Require.sha256(field + ".sha256", blob.getSha256());
    Require.between(field + ".chunk_count", blob.getChunkCount(), 1, Integer.MAX_VALUE);
    Require.between(field + ".partition", blob.getPartition(), 0, Integer.MAX_VALUE);
    Require.count(field + ".first_offset", blob.getFirstOffset());
  }
}
