package io.distillstream.local.labels.parquet;

import io.distillstream.local.labels.row.BadRowException;
import io.distillstream.local.labels.row.RowFields;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/** The fields of a row as Parquet's reader gives them. Numbers may be of either precision. */
record GroupFields(Group row) implements RowFields.Source {

  @Override
  public Optional<String> text(String column) throws BadRowException {
    return there(column) ? Optional.of(text(row, index(column), column)) : Optional.empty();
  }

  @Override
  public Optional<List<String>> texts(String column) throws BadRowException {
    if (!there(column)) {
      return Optional.empty();
    }
    List<String> texts = new ArrayList<>();
    Group list = list(column, "strings");
    for (int i = 0; i < list.getFieldRepetitionCount(0); i++) {
      texts.add(text(element(list, i, column), 0, column));
    }
    return Optional.of(texts);
  }

  @Override
  public Optional<float[]> numbers(String column) throws BadRowException {
    if (!there(column)) {
      return Optional.empty();
    }
    Group list = list(column, "numbers");
    float[] numbers = new float[list.getFieldRepetitionCount(0)];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number(element(list, i, column), 0, column);
    }
    return Optional.of(numbers);
  }

  @Override
  public Optional<Float> number(String column) throws BadRowException {
    return there(column) ? Optional.of(number(row, index(column), column)) : Optional.empty();
  }

  @Override
  public Optional<Boolean> flag(String column) throws BadRowException {
    if (!there(column)) {
      return Optional.empty();
    }
    require(row, index(column), column, PrimitiveTypeName.BOOLEAN, "true or false");
    return Optional.of(row.getBoolean(index(column), 0));
  }

  @Override
  public Optional<Instant> time(String column) throws BadRowException {
    if (!there(column)) {
      return Optional.empty();
    }
    Type type = row.getType().getType(column);
    LogicalTypeAnnotation annotation = type.getLogicalTypeAnnotation();
    if (!(annotation instanceof TimestampLogicalTypeAnnotation timestamp)) {
      throw unexpected(column, type, "timestamps");
    }
    long value = row.getLong(index(column), 0);
    ChronoUnit unit =
        switch (timestamp.getUnit()) {
          case MILLIS -> ChronoUnit.MILLIS;
          case MICROS -> ChronoUnit.MICROS;
          case NANOS -> ChronoUnit.NANOS;
        };
    return Optional.of(Instant.EPOCH.plus(value, unit));
  }

  private boolean there(String column) {
    return row.getType().containsField(column) && row.getFieldRepetitionCount(column) > 0;
  }

  private int index(String column) {
    return row.getType().getFieldIndex(column);
  }

  /** The group whose repeated field has the elements. */
  private Group list(String column, String elements) throws BadRowException {
    Type type = row.getType().getType(column);
    if (type.isPrimitive()
        || !(type.getLogicalTypeAnnotation()
            instanceof LogicalTypeAnnotation.ListLogicalTypeAnnotation)) {
      throw unexpected(column, type, "a list of " + elements);
    }
    return row.getGroup(column, 0);
  }

  private static Group element(Group list, int i, String column) throws BadRowException {
    if (list.getType().getType(0).isPrimitive()) {
      throw unexpected(column, list.getType(), "a list of three levels");
    }
    Group element = list.getGroup(0, i);
    if (element.getFieldRepetitionCount(0) == 0) {
      throw new BadRowException("'" + column + "' has an element that is null");
    }
    return element;
  }

  private static String text(Group group, int index, String column) throws BadRowException {
    require(group, index, column, PrimitiveTypeName.BINARY, "strings");
    return group.getString(index, 0);
  }

  private static float number(Group group, int index, String column) throws BadRowException {
    Type type = group.getType().getType(index);
    if (!type.isPrimitive()) {
      throw unexpected(column, type, "numbers");
    }
    return switch (type.asPrimitiveType().getPrimitiveTypeName()) {
      case FLOAT -> group.getFloat(index, 0);
      case DOUBLE -> (float) group.getDouble(index, 0);
      case INT32 -> group.getInteger(index, 0);
      case INT64 -> group.getLong(index, 0);
      default -> throw unexpected(column, type, "numbers");
    };
  }

  private static void require(
      Group group, int index, String column, PrimitiveTypeName expected, String kind)
      throws BadRowException {
    Type type = group.getType().getType(index);
    if (!type.isPrimitive() || type.asPrimitiveType().getPrimitiveTypeName() != expected) {
      throw unexpected(column, type, kind);
    }
  }

  private static BadRowException unexpected(String column, Type found, String expected) {
    return new BadRowException("'%s' is %s, expected %s".formatted(column, found, expected));
  }
}
