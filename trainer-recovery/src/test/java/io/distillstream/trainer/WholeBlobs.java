package io.distillstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.BlobChunk;
import io.distillstream.avro.BlobRef;
import io.distillstream.avro.Checkpoint;
import io.distillstream.foundation.Sha256;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Whether the chunks of a blob are all there. */
final class WholeBlobs {
  private WholeBlobs() {}

  /** Of every manifest, among these records. */
  static void assertWhole(
      TrainerHarness harness,
      List<Checkpoint> manifests,
      List<ConsumerRecord<String, byte[]>> records)
      throws Exception {
    Codec<BlobChunk> codec =
        harness.context.wire().codec(Topics.CHECKPOINT_BLOBS, harness.pipeline);
    for (Checkpoint manifest : manifests) {
      assertWhole(manifest.getState(), records, codec);
      assertWhole(manifest.getOnnx(), records, codec);
    }
  }

  static void assertWhole(
      BlobRef blob, List<ConsumerRecord<String, byte[]>> records, Codec<BlobChunk> codec)
      throws Exception {
    MessageDigest digest = Sha256.digest();
    int chunks = 0;
    for (ConsumerRecord<String, byte[]> record : records) {
      if (record.key().equals(blob.getBlobId()) && record.offset() >= blob.getFirstOffset()) {
        BlobChunk chunk = codec.decode(record.value());
        assertThat(chunk.getIndex()).isEqualTo(chunks++);
        digest.update(chunk.getData());
      }
    }
    assertThat(chunks).as("chunks of " + blob.getBlobId()).isEqualTo(blob.getChunkCount());
    assertThat(HexFormat.of().formatHex(digest.digest())).isEqualTo(blob.getSha256());
  }
}
