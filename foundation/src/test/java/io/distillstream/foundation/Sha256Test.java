package io.distillstream.foundation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.junit.jupiter.api.Test;

class Sha256Test {
  /** FIPS 180-2, appendix B.1. */
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  private static final byte[] TEXT = "abc".getBytes(StandardCharsets.UTF_8);

  @Test
  void shouldDigestAsTheStandardHasIt() throws Exception {
    MessageDigest pieces = Sha256.digest();
    pieces.update(TEXT, 0, 1);
    pieces.update(TEXT, 1, 2);

    assertThat(Sha256.hex(TEXT)).isEqualTo(ABC);
    assertThat(Sha256.hex(new ByteArrayInputStream(TEXT))).isEqualTo(ABC);
    assertThat(Sha256.hex(pieces)).isEqualTo(ABC);
  }

  @Test
  void shouldTakeTheLeadingBytesAsANumber() {
    assertThat(Sha256.leadingLong("abc")).isEqualTo(0xba7816bf8f01cfeaL);
  }
}
