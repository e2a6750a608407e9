package io.distillstream.local.labels.parquet;

import io.distillstream.local.labels.row.LabelRow;
import io.distillstream.local.labels.row.RowFile;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;

/** Rows in a Parquet file, compressed with Zstandard. One row group is in memory at a time. */
public final class ParquetRowFile implements RowFile {

  private static final long ROW_GROUP_BYTES = 32L << 20;

  private final ParquetWriter<LabelRow> writer;

  private ParquetRowFile(ParquetWriter<LabelRow> writer) {
    this.writer = writer;
  }

  /** Begins a file, in place of one that is there. */
  public static ParquetRowFile create(Path file) throws IOException {
    return new ParquetRowFile(
        new Builder(new LocalOutputFile(file))
            .withConf(new PlainParquetConfiguration())
            .withCodecFactory(new PageCodecs())
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withRowGroupSize(ROW_GROUP_BYTES)
            .withWriteMode(ParquetFileWriter.Mode.OVERWRITE)
            .build());
  }

  @Override
  public void write(LabelRow row) throws IOException {
    writer.write(row);
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }

  private static final class Builder extends ParquetWriter.Builder<LabelRow, Builder> {

    Builder(OutputFile file) {
      super(file);
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    @Deprecated
    protected WriteSupport<LabelRow> getWriteSupport(Configuration configuration) {
      return new RowWriting();
    }

    @Override
    protected WriteSupport<LabelRow> getWriteSupport(ParquetConfiguration configuration) {
      return new RowWriting();
    }
  }
}
