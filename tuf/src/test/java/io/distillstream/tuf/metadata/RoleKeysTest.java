package io.distillstream.tuf.metadata;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.foundation.Hex;
import io.distillstream.tuf.refusal.SignatureThresholdException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoleKeysTest {

  private static final byte[] SIGNED = "metadata".getBytes(StandardCharsets.UTF_8);

  @Test
  void shouldCountAKeyOnceUnderTwoIdsAndInDigitsOfEitherCase() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    Key key = Key.of(pair.getPublic());
    Key shouted = new Key(key.type(), key.scheme(), key.publicHex().toUpperCase(Locale.ROOT));
    List<KeySignature> signatures =
        List.of(new KeySignature("a", signature(pair)), new KeySignature("b", signature(pair)));

    RoleKeys two = new RoleKeys(Map.of("a", key, "b", shouted), 2);
    assertThatThrownBy(() -> two.verify("root", SIGNED, signatures))
        .isInstanceOf(SignatureThresholdException.class);
    RoleKeys one = new RoleKeys(Map.of("a", key, "b", shouted), 1);
    assertThatCode(() -> one.verify("root", SIGNED, signatures)).doesNotThrowAnyException();
  }

  private static String signature(KeyPair pair) throws Exception {
    Signature signer = Signature.getInstance("Ed25519");
    signer.initSign(pair.getPrivate());
    signer.update(SIGNED);
    return Hex.encode(signer.sign());
  }
}
