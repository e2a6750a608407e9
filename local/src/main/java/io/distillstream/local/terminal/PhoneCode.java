package io.distillstream.local.terminal;

import io.distillstream.runtime.ServedPage;
import java.util.ArrayList;
import java.util.List;

/** Leads the phone beside the desk to a page of this machine. */
public final class PhoneCode {

  private PhoneCode() {}

  /**
   * What is printed below a page's addresses; nothing where no other machine reaches it.
   *
   * @param drawing whether the terminal shows a QR code
   */
  public static List<String> lines(ServedPage page, boolean drawing) {
    if (!page.forOthers()) {
      return List.of();
    }
    List<String> lines = new ArrayList<>();
    if (drawing) {
      lines.addAll(QrCode.lines(page.address().toASCIIString()));
    }
    if (!"https".equals(page.address().getScheme())) {
      lines.add(
          "  Browsers of other machines verify updates over https alone: set"
              + " gateway.tls-certificate, or gateway.url to a proxy's address.");
    }
    return lines;
  }
}
