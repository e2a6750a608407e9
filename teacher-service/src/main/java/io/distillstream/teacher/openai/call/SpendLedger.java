package io.distillstream.teacher.openai.call;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.distillstream.foundation.AtomicFiles;
import io.distillstream.teacher.TeacherException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** What was spent on a day, in a file if need be: one line, the date and the sum. */
final class SpendLedger {

  private final Optional<Path> file;
  private LocalDate day;
  private double spent;

  /**
   * Reads what is there already.
   *
   * @throws TeacherException if it cannot be read or is something else
   */
  SpendLedger(Optional<Path> file, LocalDate today) {
    this.file = file;
    this.day = today;
    file.ifPresent(this::read);
  }

  private void read(Path path) {
    try {
      String[] words = Files.readString(path).strip().split(" ", -1);
      if (words.length != 2) {
        throw new NumberFormatException("a ledger has two words");
      }
      day = LocalDate.parse(words[0]);
      spent = Double.parseDouble(words[1]);
    } catch (NoSuchFileException e) {
      // Written with the first expense.
    } catch (IOException e) {
      throw new TeacherException("The budget's file %s cannot be read: %s".formatted(path, e), e);
    } catch (DateTimeParseException | NumberFormatException e) {
      throw new TeacherException(
          "The budget's file %s is no ledger: expected a date and a sum".formatted(path), e);
    }
  }

  double spentOn(LocalDate today) {
    return day.equals(today) ? spent : 0;
  }

  void add(LocalDate today, double cost) throws IOException {
    spent = spentOn(today) + cost;
    day = today;
    if (file.isPresent()) {
      AtomicFiles.replace(file.get(), (day + " " + spent + "\n").getBytes(UTF_8));
    }
  }
}
