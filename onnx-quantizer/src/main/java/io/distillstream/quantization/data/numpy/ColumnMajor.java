package io.distillstream.quantization.data.numpy;

import io.distillstream.quantization.data.InvalidSamplesException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Brings an array whose first axis runs fastest ({@code fortran_order}) into the order of the
 * others. Every sample is scattered over the whole file, so the whole file has to be held.
 */
final class ColumnMajor {
  static final int MAX_BYTES = 256 << 20;

  private ColumnMajor() {}

  /**
   * All values in row-major order. Reads the stream to the end of the array, and closes it.
   *
   * @param values per sample
   */
  static InputStream transposed(InputStream in, NpyHeader header, int values, String place)
      throws IOException {
    long samples = header.shape().get(0);
    int width = header.type().bytes();
    if (samples > 0 && values > MAX_BYTES / width / samples) {
      throw new InvalidSamplesException(
          ("%s is in Fortran order, in which more than %d bytes cannot be read; save it with"
                  + " numpy.ascontiguousarray")
              .formatted(place, MAX_BYTES));
    }
    int count = (int) samples;
    byte[] columns = in.readNBytes(count * values * width);
    in.close();
    if (columns.length < count * values * width) {
      throw new InvalidSamplesException("%s ends before its last sample".formatted(place));
    }
    int[] places = places(header);
    byte[] rows = new byte[columns.length];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < values; j++) {
        int from = (places[j] * count + i) * width;
        System.arraycopy(columns, from, rows, (i * values + j) * width, width);
      }
    }
    return new ByteArrayInputStream(rows);
  }

  /** For each value of a sample, in row-major order, its number in column-major order. */
  private static int[] places(NpyHeader header) {
    int[] places = {0};
    int stride = 1;
    for (long axis : header.shape().subList(1, header.shape().size())) {
      int length = (int) axis;
      int[] longer = new int[places.length * length];
      for (int i = 0; i < longer.length; i++) {
        longer[i] = places[i / length] + i % length * stride;
      }
      places = longer;
      stride *= length;
    }
    return places;
  }
}
