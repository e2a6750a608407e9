package io.distillstream.local.terminal;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.EncodeHintType;
import com.google.zxing.WriterException;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.QRCodeWriter;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A text as a QR code (ISO/IEC 18004) on a terminal. A character is two modules, one above the
 * other, since characters are about twice as high as they are wide. The code is dark on light, with
 * the quiet zone of the standard, on terminals of every colour: its colours are set.
 */
final class QrCode {

  /** Of the 256 colours those two that no theme changes, as it may the first sixteen. */
  private static final String BLACK_ON_WHITE = "\u001b[38;5;16;48;5;231m";

  private static final String RESET = "\u001b[0m";

  private static final int QUIET_MODULES = 4;

  private static final char NEITHER = ' ';
  private static final char UPPER = '▀';
  private static final char LOWER = '▄';
  private static final char BOTH = '█';

  private QrCode() {}

  /** The lines that show a text; none where it is too long for a code. */
  static List<String> lines(String text) {
    BitMatrix modules;
    try {
      // Nothing damages a screen: the lowest correction makes the smallest code.
      modules =
          new QRCodeWriter()
              .encode(
                  text,
                  BarcodeFormat.QR_CODE,
                  0,
                  0,
                  Map.of(
                      EncodeHintType.ERROR_CORRECTION,
                      ErrorCorrectionLevel.L,
                      EncodeHintType.MARGIN,
                      QUIET_MODULES));
    } catch (WriterException e) {
      return List.of();
    }
    List<String> lines = new ArrayList<>();
    for (int y = 0; y < modules.getHeight(); y += 2) {
      StringBuilder line = new StringBuilder(BLACK_ON_WHITE);
      for (int x = 0; x < modules.getWidth(); x++) {
        line.append(character(modules.get(x, y), isDark(modules, x, y + 1)));
      }
      lines.add(line.append(RESET).toString());
    }
    return lines;
  }

  /** Codes have an odd number of rows. */
  private static boolean isDark(BitMatrix modules, int x, int y) {
    return y < modules.getHeight() && modules.get(x, y);
  }

  private static char character(boolean upper, boolean lower) {
    if (upper) {
      return lower ? BOTH : UPPER;
    }
    return lower ? LOWER : NEITHER;
  }
}
