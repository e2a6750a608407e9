package io.distillstream.wire.blob;

import io.distillstream.avro.BlobChunk;
import io.distillstream.avro.BlobRef;
import io.distillstream.foundation.Sha256;
import io.distillstream.wire.Codec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;

/**
 * Writes large payloads as chunks of at most 512 KiB, which need no broker limit raised.
 *
 * <p>Borrows the producer. Call it inside the caller's transaction: readers of committed records
 * then see all chunks and the manifest that names them, or nothing.
 */
public final class BlobWriter {

  public static final int CHUNK_BYTES = 512 * 1024;

  private final Producer<String, byte[]> producer;
  private final Codec<BlobChunk> codec;

  public BlobWriter(Producer<String, byte[]> producer, Codec<BlobChunk> codec) {
    this.producer = producer;
    this.codec = codec;
  }

  /**
   * Sends a blob and waits until every chunk is acknowledged.
   *
   * @param blobId unique within the topic; the same id again is another copy
   * @throws KafkaException if a chunk cannot be sent; the transaction must then be aborted
   */
  public BlobRef write(String blobId, byte[] blob) {
    try {
      return write(blobId, blob.length, Sha256.hex(blob), new ByteArrayInputStream(blob));
    } catch (IOException e) {
      throw new IllegalStateException("Reading memory failed", e);
    }
  }

  /** The same from a file, of which one chunk at a time is in memory. */
  public BlobRef write(String blobId, Path file) throws IOException {
    String sha256;
    try (InputStream in = Files.newInputStream(file)) {
      sha256 = Sha256.hex(in);
    }
    try (InputStream in = Files.newInputStream(file)) {
      return write(blobId, Files.size(file), sha256, in);
    }
  }

  private BlobRef write(String blobId, long size, String sha256, InputStream in)
      throws IOException {
    int count = Math.toIntExact(Math.max(1, (size + CHUNK_BYTES - 1) / CHUNK_BYTES));
    List<Future<RecordMetadata>> acknowledgements = new ArrayList<>(count);
    for (int index = 0; index < count; index++) {
      BlobChunk chunk =
          new BlobChunk(blobId, index, count, sha256, ByteBuffer.wrap(in.readNBytes(CHUNK_BYTES)));
      acknowledgements.add(
          producer.send(new ProducerRecord<>(codec.topic(), blobId, codec.encode(chunk))));
    }
    producer.flush();
    RecordMetadata first = await(blobId, acknowledgements.get(0));
    for (Future<RecordMetadata> acknowledgement : acknowledgements) {
      await(blobId, acknowledgement);
    }
    return new BlobRef(blobId, size, sha256, count, first.partition(), first.offset());
  }

  private static RecordMetadata await(String blobId, Future<RecordMetadata> acknowledgement) {
    try {
      return acknowledgement.get();
    } catch (ExecutionException e) {
      throw new KafkaException("Cannot write blob " + blobId, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new org.apache.kafka.common.errors.InterruptException(e);
    }
  }
}
