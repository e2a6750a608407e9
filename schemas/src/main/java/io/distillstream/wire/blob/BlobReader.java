package io.distillstream.wire.blob;

import static java.util.Objects.requireNonNull;

import io.distillstream.avro.BlobChunk;
import io.distillstream.avro.BlobRef;
import io.distillstream.foundation.Sha256;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.scan.LatestEnds;
import io.distillstream.wire.scan.Stretch;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Fetches a blob to disk, chunk by chunk, and lets it appear under its name only when its size and
 * SHA-256 are right. Thread-safe: every fetch uses a consumer of its own.
 */
public final class BlobReader {

  private static final Duration POLL = Duration.ofMillis(200);

  private final ClusterConnection cluster;
  private final Codec<BlobChunk> codec;
  private final Duration patience;

  /** Waits 30 s for a chunk, and longer only where more is to be read. */
  public BlobReader(ClusterConnection cluster, Codec<BlobChunk> codec) {
    this(cluster, codec, Duration.ofSeconds(30));
  }

  /**
   * @param patience how long to wait for the next chunk before its partition is asked whether there
   *     is more to come
   */
  public BlobReader(ClusterConnection cluster, Codec<BlobChunk> codec, Duration patience) {
    this.cluster = cluster;
    this.codec = codec;
    this.patience = patience;
  }

  /**
   * Fetches a blob into a file, which is replaced in one step.
   *
   * @throws DamagedBlobException if chunks are missing, out of order or do not add up to the digest
   * @throws KafkaException if the cluster does not answer, or holds chunks back behind a
   *     transaction that has not ended, so that nothing is known of the blob
   * @throws IOException if the file cannot be written
   */
  public void fetch(BlobRef blob, Path target) throws IOException, DamagedBlobException {
    Path partial = target.resolveSibling(target.getFileName() + ".part");
    MessageDigest digest = Sha256.digest();
    try {
      try (OutputStream file = new DigestOutputStream(Files.newOutputStream(partial), digest)) {
        copyChunks(blob, file);
      }
      String actual = Sha256.hex(digest);
      if (!actual.equals(blob.getSha256())) {
        throw new DamagedBlobException(
            blob.getBlobId(), "SHA-256 is " + actual + ", expected " + blob.getSha256());
      }
      Files.move(
          partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  private void copyChunks(BlobRef blob, OutputStream file)
      throws IOException, DamagedBlobException {
    TopicPartition partition = new TopicPartition(codec.topic(), blob.getPartition());
    WritableByteChannel channel = Channels.newChannel(file);
    long written = 0;
    int next = 0;
    try (Consumer<String, byte[]> consumer = new KafkaConsumer<>(cluster.readerProperties())) {
      consumer.assign(List.of(partition));
      consumer.seek(partition, blob.getFirstOffset());
      long deadline = System.nanoTime() + patience.toNanos();
      while (next < blob.getChunkCount()) {
        if (System.nanoTime() > deadline) {
          requireMore(consumer, partition, blob, next);
          deadline = System.nanoTime() + patience.toNanos();
        }
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          if (next == 0 && record.offset() > blob.getFirstOffset()) {
            throw new DamagedBlobException(
                blob.getBlobId(),
                "it is no longer in %s: offset %d is gone, the next is %d"
                    .formatted(partition, blob.getFirstOffset(), record.offset()));
          }
          if (!blob.getBlobId().equals(record.key()) || next == blob.getChunkCount()) {
            continue;
          }
          ByteBuffer data = chunk(blob, record, next);
          written += data.remaining();
          if (written > blob.getSizeBytes()) {
            throw new DamagedBlobException(
                blob.getBlobId(), "it is longer than its " + blob.getSizeBytes() + " bytes");
          }
          while (data.hasRemaining()) {
            channel.write(data);
          }
          next++;
          deadline = System.nanoTime() + patience.toNanos();
        }
      }
    }
    if (written != blob.getSizeBytes()) {
      throw new DamagedBlobException(
          blob.getBlobId(), "it has " + written + " bytes, expected " + blob.getSizeBytes());
    }
  }

  /**
   * Chunks only seem to be missing where no broker answers, and to ask for the end fails then; or
   * where an open transaction holds back what was written behind it.
   */
  private void requireMore(
      Consumer<String, byte[]> consumer, TopicPartition partition, BlobRef blob, int next)
      throws DamagedBlobException {
    long end = requireNonNull(consumer.endOffsets(List.of(partition)).get(partition));
    if (consumer.position(partition) < end) {
      return;
    }
    String missing = "chunk %d of %d is not in %s".formatted(next, blob.getChunkCount(), partition);
    Stretch readable = new Stretch(partition, blob.getFirstOffset(), end);
    if (LatestEnds.of(cluster, List.of(readable)).get(0).to() > end) {
      throw new TimeoutException(
          "Blob %s: %s yet, whose readers an open transaction holds back at offset %d"
              .formatted(blob.getBlobId(), missing, end));
    }
    throw new DamagedBlobException(blob.getBlobId(), missing);
  }

  private ByteBuffer chunk(BlobRef blob, ConsumerRecord<String, byte[]> record, int expected)
      throws DamagedBlobException {
    BlobChunk chunk;
    try {
      chunk = codec.decode(record.value());
    } catch (UndecodableRecordException e) {
      throw new DamagedBlobException(
          blob.getBlobId(), "chunk at offset " + record.offset() + ": " + e.getMessage());
    }
    if (chunk.getIndex() != expected || chunk.getCount() != blob.getChunkCount()) {
      throw new DamagedBlobException(
          blob.getBlobId(),
          "found chunk "
              + chunk.getIndex()
              + " of "
              + chunk.getCount()
              + ", expected "
              + expected
              + " of "
              + blob.getChunkCount());
    }
    return chunk.getData();
  }
}
