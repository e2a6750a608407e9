package io.distillstream.tuf.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The second test vector of RFC 8032, section 7.1. */
class KeyTest {

  private static final String PUBLIC =
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
  private static final byte[] MESSAGE = {0x72};
  private static final String SIGNATURE =
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
          + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

  private final Key key = new Key("ed25519", "ed25519", PUBLIC);

  @Test
  void shouldVerifyARealSignature() {
    assertThat(key.verifies(MESSAGE, SIGNATURE)).isTrue();
  }

  @Test
  void shouldRefuseOtherBytesAndWhatIsNoSignature() {
    assertThat(key.verifies(new byte[] {0x73}, SIGNATURE)).isFalse();
    assertThat(key.verifies(MESSAGE, "00" + SIGNATURE.substring(2))).isFalse();
    assertThat(key.verifies(MESSAGE, SIGNATURE.substring(2))).isFalse();
    assertThat(key.verifies(MESSAGE, "")).isFalse();
    assertThat(key.verifies(MESSAGE, "xy")).isFalse();
  }

  @Test
  void shouldVerifyNothingWithAKeyOfAnotherType() {
    assertThat(new Key("rsa", "rsassa-pss-sha256", PUBLIC).verifies(MESSAGE, SIGNATURE)).isFalse();
    assertThat(new Key("ed25519", "ed25519", "abc").verifies(MESSAGE, SIGNATURE)).isFalse();
  }
}
