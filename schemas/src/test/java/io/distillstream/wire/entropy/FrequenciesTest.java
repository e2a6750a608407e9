package io.distillstream.wire.entropy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrequenciesTest {

  @Test
  void shouldAddUpLikeAList() {
    Random random = new Random(3);
    Frequencies frequencies = new Frequencies();
    List<Integer> list = new ArrayList<>();
    for (int step = 0; step < 1_000; step++) {
      if (list.isEmpty() || random.nextInt(3) == 0) {
        int value = random.nextInt(5);
        frequencies.append(value);
        list.add(value);
      } else {
        int entry = random.nextInt(list.size());
        int value = random.nextInt(3) == 0 ? 0 : random.nextInt(1_000);
        frequencies.set(entry, value);
        list.set(entry, value);
      }
      assertAlike(frequencies, list);
    }
  }

  private static void assertAlike(Frequencies frequencies, List<Integer> list) {
    int sum = 0;
    for (int entry = 0; entry < list.size(); entry++) {
      assertThat(frequencies.before(entry)).isEqualTo(sum);
      int value = list.get(entry);
      if (value > 0) {
        assertThat(frequencies.at(sum)).isEqualTo(entry);
        assertThat(frequencies.at(sum + value - 1)).isEqualTo(entry);
      }
      sum += value;
    }
    assertThat(frequencies.total()).isEqualTo(sum);
    assertThat(frequencies.size()).isEqualTo(list.size());
  }

  @Test
  void shouldReplaceAll() {
    Frequencies frequencies = new Frequencies();
    List<Integer> list = new ArrayList<>();
    for (int size = 1; size < 200; size++) {
      frequencies.append(1_000);
      list.add(0);
      int more = size;
      frequencies.replace(entry -> (entry + more) % 7);
      for (int entry = 0; entry < size; entry++) {
        list.set(entry, (entry + more) % 7);
      }
      assertAlike(frequencies, list);
    }
  }

  @Test
  void shouldGoOnByItselfAsACopy() {
    Frequencies one = new Frequencies();
    one.append(5);
    Frequencies other = one.copy();
    other.set(0, 9);
    other.append(1);
    assertThat(one.total()).isEqualTo(5);
    assertThat(one.before(1)).isEqualTo(5);
  }
}
