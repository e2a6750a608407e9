package io.distillstream.local.terminal;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.BinaryBitmap;
import com.google.zxing.DecodeHintType;
import com.google.zxing.MultiFormatReader;
import com.google.zxing.NotFoundException;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.common.HybridBinarizer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A QR code as it stands on a terminal, and as a camera sees it. */
public final class PrintedQrCode {

  /** Black on white, set and taken back on each line. */
  private static final Pattern LINE =
      Pattern.compile("\u001b\\[38;5;16;48;5;231m([ ▀▄█]+)\u001b\\[0m");

  private static final int PIXELS_A_MODULE = 4;

  /** What of the terminal is around it, in modules. */
  private static final int AROUND = 10;

  private static final int BLACK = 0x000000;
  private static final int WHITE = 0xffffff;

  private PrintedQrCode() {}

  /** Whether anything is printed of which codes are made. */
  public static boolean isIn(String printed) {
    return printed.contains("▀") || printed.contains("▄") || printed.contains("█");
  }

  /**
   * The text of the code among what was printed.
   *
   * @param dark whether the terminal is
   * @throws NotFoundException if no code is there that can be read
   */
  public static String read(String printed, boolean dark) throws NotFoundException {
    List<String> lines = LINE.matcher(printed).results().map(line -> line.group(1)).toList();
    int columns = lines.stream().mapToInt(String::length).max().orElse(0);
    int width = (columns + 2 * AROUND) * PIXELS_A_MODULE;
    int height = (2 * lines.size() + 2 * AROUND) * PIXELS_A_MODULE;
    int[] pixels = new int[width * height];
    Arrays.fill(pixels, dark ? BLACK : WHITE);
    for (int i = 0; i < pixels.length; i++) {
      int column = i % width / PIXELS_A_MODULE - AROUND;
      int row = i / width / PIXELS_A_MODULE - AROUND;
      if (row >= 0 && row < 2 * lines.size() && column >= 0) {
        String line = lines.get(row / 2);
        if (column < line.length()) {
          pixels[i] = isDark(line.charAt(column), row % 2 == 0) ? BLACK : WHITE;
        }
      }
    }
    return new MultiFormatReader()
        .decode(
            new BinaryBitmap(new HybridBinarizer(new RGBLuminanceSource(width, height, pixels))),
            Map.of(DecodeHintType.POSSIBLE_FORMATS, List.of(BarcodeFormat.QR_CODE)))
        .getText();
  }

  private static boolean isDark(char character, boolean upper) {
    return character == '█' || character == (upper ? '▀' : '▄');
  }
}
