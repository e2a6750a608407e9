package io.distillstream.tuf.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DelegatedRoleTest {

  private static final RoleKeys NO_KEYS = new RoleKeys(Map.of(), 1);

  @ParameterizedTest
  @CsvSource({
    "student/stable/*, student/stable/latest.json, true",
    "student/stable/*, student/stable/, true",
    "student/stable/*, student/stable/a/b, false",
    "student/stable/*, student/beta/latest.json, false",
    "*, a/b, false",
    "*/*, a/b, true",
    "a*c*e, abcde, true",
    "a*c*e, abcdf, false",
    "*.onnx, a.onnx.onnx, true",
    "v?.onnx, v7.onnx, true",
    "v?.onnx, v/.onnx, false",
    "v?.onnx, v.onnx, false",
    "latest.json, latest.json, true",
    "latest.json, latest.jsonx, false",
  })
  void shouldMatchPathsAsShellsDo(String pattern, String path, boolean matches) {
    assertThat(role(List.of(pattern), List.of()).covers(path)).isEqualTo(matches);
  }

  @Test
  void shouldMatchByHashPrefix() {
    String path = "student/stable/latest.json";
    String hash =
        io.distillstream.foundation.Sha256.hex(
            path.getBytes(java.nio.charset.StandardCharsets.UTF_8));

    assertThat(role(List.of(), List.of(hash.substring(0, 2))).covers(path)).isTrue();
    assertThat(role(List.of(), List.of("0" + hash)).covers(path)).isFalse();
  }

  private static DelegatedRole role(List<String> paths, List<String> prefixes) {
    return new DelegatedRole("role", NO_KEYS, false, paths, prefixes);
  }
}
