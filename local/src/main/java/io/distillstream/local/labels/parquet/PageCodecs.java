package io.distillstream.local.labels.parquet;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.xerial.snappy.Snappy;

/**
 * Compresses pages with Zstandard, and takes those apart that other writers compressed with
 * Zstandard, Snappy, gzip or nothing. Parquet's own factory asks Hadoop for its codecs.
 */
final class PageCodecs implements CompressionCodecFactory {

  private static final int LEVEL = 3;

  private static final Set<CompressionCodecName> READ =
      Set.of(
          CompressionCodecName.UNCOMPRESSED,
          CompressionCodecName.ZSTD,
          CompressionCodecName.SNAPPY,
          CompressionCodecName.GZIP);

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName codec) {
    if (codec != CompressionCodecName.ZSTD) {
      throw new IllegalArgumentException("Pages are not compressed with " + codec);
    }
    return new Compressor();
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
    if (!READ.contains(codec)) {
      throw new UnreadablePageException(
          "its pages are compressed with %s; accepted are zstd, snappy, gzip and none"
              .formatted(codec));
    }
    return new Decompressor(codec);
  }

  private static byte[] copy(BytesInput bytes) throws IOException {
    ByteArrayOutputStream copy = new ByteArrayOutputStream((int) bytes.size());
    bytes.writeAllTo(copy);
    return copy.toByteArray();
  }

  @Override
  public void release() {}

  /** A page that cannot be read; the message says why. */
  static final class UnreadablePageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnreadablePageException(String message) {
      super(message);
    }
  }

  private static final class Compressor implements BytesInputCompressor {
    @Override
    public BytesInput compress(BytesInput bytes) throws IOException {
      return BytesInput.from(Zstd.compress(copy(bytes), LEVEL));
    }

    @Override
    public CompressionCodecName getCodecName() {
      return CompressionCodecName.ZSTD;
    }

    @Override
    public void release() {}
  }

  private record Decompressor(CompressionCodecName codec) implements BytesInputDecompressor {

    @Override
    public BytesInput decompress(BytesInput bytes, int size) throws IOException {
      return BytesInput.from(plain(copy(bytes), size));
    }

    @Override
    public void decompress(ByteBuffer input, int compressedSize, ByteBuffer output, int size)
        throws IOException {
      byte[] compressed = new byte[compressedSize];
      input.get(compressed);
      output.put(plain(compressed, size));
    }

    private byte[] plain(byte[] compressed, int size) throws IOException {
      byte[] plain =
          switch (codec) {
            case ZSTD -> Zstd.decompress(compressed, size);
            case SNAPPY -> Snappy.uncompress(compressed);
            case GZIP -> {
              try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
                yield in.readNBytes(size);
              }
            }
            default -> compressed;
          };
      if (plain.length != size) {
        throw new IOException("A page has %d bytes, expected %d".formatted(plain.length, size));
      }
      return plain;
    }

    @Override
    public void release() {}
  }
}
