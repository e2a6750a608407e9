package io.distillstream.gateway.hawkbit.swupdate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.foundation.Sha256;
import io.distillstream.gateway.store.Download;
import io.distillstream.gateway.store.StoredFile;
import io.distillstream.http.tls.TestAuthority;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SwuFormatTest {

  private static final int HEADER = 110;

  @TempDir private Path folder;

  @Test
  void shouldHoldWhatItsDescriptionSays() throws Exception {
    Map<String, byte[]> files = read(image(new SwuFormat("/opt/model", Optional.empty()), 1_001));

    assertThat(files.keySet()).containsExactly("sw-description", "7.onnx", "7.manifest.json");
    assertThat(files.get("7.onnx")).isEqualTo(artifact(1_001));
    assertThat(files.get("7.manifest.json")).isEqualTo("{}".getBytes(UTF_8));
    assertThat(new String(Objects.requireNonNull(files.get("sw-description")), UTF_8))
        .contains("version = \"7\";")
        .containsSubsequence(
            "filename = \"7.onnx\";",
            "path = \"/opt/model/model.onnx\";",
            "sha256 = \"" + Sha256.hex(artifact(1_001)) + "\";",
            "filename = \"7.manifest.json\";",
            "path = \"/opt/model/manifest.json\";",
            "sha256 = \"" + Sha256.hex("{}".getBytes(UTF_8)) + "\";");
  }

  @Test
  void shouldCarryASignatureThatItsCertificateVerifies() throws Exception {
    SwuFormat format =
        new SwuFormat(
            "/opt/model", Optional.of(new TestAuthority(folder).selfSigned("RSA").read()));
    Map<String, byte[]> files = read(image(format, 1_000));

    assertThat(files.keySet()).startsWith("sw-description", "sw-description.sig");
    byte[] cms = Objects.requireNonNull(files.get("sw-description.sig"));
    var certificates =
        CertificateFactory.getInstance("X.509")
            .generateCertPath(new ByteArrayInputStream(cms), "PKCS7")
            .getCertificates();
    assertThat(certificates).hasSize(1);
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initVerify(certificates.get(0).getPublicKey());
    signature.update(Objects.requireNonNull(files.get("sw-description")));
    int length =
        ((RSAPublicKey) certificates.get(0).getPublicKey()).getModulus().bitLength() / Byte.SIZE;
    assertThat(signature.verify(cms, cms.length - length, length)).isTrue();
    assertThat(bytes(image(format, 1_000), 0)).isEqualTo(bytes(image(format, 1_000), 0));
    assertThat(image(format, 1_000).tag())
        .isEqualTo(image(format, 1_000).tag())
        .isNotEqualTo(image(format, 1_001).tag());
  }

  @Test
  void shouldBeReadFromAnyByteOn() throws Exception {
    Download image = image(new SwuFormat("/opt/model", Optional.empty()), 1_000);
    byte[] whole = bytes(image, 0);
    assertThat(whole).hasSize(Math.toIntExact(image.sizeBytes()));
    assertThat(whole.length % 512).isZero();
    for (int first = 0; first <= whole.length; first++) {
      assertThat(Arrays.equals(bytes(image, first), Arrays.copyOfRange(whole, first, whole.length)))
          .as("from byte %d on", first)
          .isTrue();
    }
  }

  private Download image(SwuFormat format, int bytes) throws Exception {
    byte[] artifact = artifact(bytes);
    Path file = Files.write(folder.resolve("artifact-" + bytes), artifact);
    byte[] manifest = "{}".getBytes(UTF_8);
    return format.image(
        7,
        "7.onnx",
        "model.onnx",
        new StoredFile(file, artifact.length, Sha256.hex(artifact)),
        List.of(
            new SwuFormat.Companion(
                "7.manifest.json", "manifest.json", manifest, Sha256.hex(manifest))));
  }

  private static byte[] artifact(int bytes) {
    byte[] artifact = new byte[bytes];
    Arrays.fill(artifact, (byte) 'x');
    return artifact;
  }

  private static byte[] bytes(Download image, long first) throws Exception {
    try (InputStream in = image.open(first)) {
      return in.readAllBytes();
    }
  }

  /** The files of a cpio archive. */
  private static Map<String, byte[]> read(Download image) throws Exception {
    byte[] archive = bytes(image, 0);
    Map<String, byte[]> files = new LinkedHashMap<>();
    int at = 0;
    while (true) {
      String header = new String(archive, at, HEADER, UTF_8);
      assertThat(header).startsWith("070701");
      int size = Integer.parseInt(header.substring(54, 62), 16);
      int nameBytes = Integer.parseInt(header.substring(94, 102), 16);
      String name = new String(archive, at + HEADER, nameBytes - 1, UTF_8);
      if (name.equals("TRAILER!!!")) {
        return files;
      }
      int content = aligned(at + HEADER + nameBytes);
      files.put(name, Arrays.copyOfRange(archive, content, content + size));
      at = aligned(content + size);
    }
  }

  private static int aligned(int place) {
    return (place + 3) / 4 * 4;
  }
}
