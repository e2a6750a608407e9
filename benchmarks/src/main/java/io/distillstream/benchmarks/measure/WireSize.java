package io.distillstream.benchmarks.measure;

import io.distillstream.wire.blob.BlobWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.utils.ByteBufferOutputStream;

/**
 * What a file takes as chunks on a topic, by Kafka's own compressors. A chunk is larger than a
 * producer's batch, so each is compressed on its own.
 */
public final class WireSize {
  /** The version of record batches since Kafka 0.11. */
  private static final byte RECORD_FORMAT = 2;

  private WireSize() {}

  public static long lz4(byte[] file) {
    return of(file, Compression.lz4().build());
  }

  public static long zstd(byte[] file) {
    return of(file, Compression.zstd().build());
  }

  private static long of(byte[] file, Compression compression) {
    long total = 0;
    for (int from = 0; from < file.length; from += BlobWriter.CHUNK_BYTES) {
      int to = Math.min(file.length, from + BlobWriter.CHUNK_BYTES);
      ByteBufferOutputStream compressed = new ByteBufferOutputStream(BlobWriter.CHUNK_BYTES);
      try (OutputStream out = compression.wrapForOutput(compressed, RECORD_FORMAT)) {
        out.write(Arrays.copyOfRange(file, from, to));
      } catch (IOException e) {
        throw new IllegalStateException("Compressing in memory failed", e);
      }
      total += compressed.position();
    }
    return total;
  }
}
