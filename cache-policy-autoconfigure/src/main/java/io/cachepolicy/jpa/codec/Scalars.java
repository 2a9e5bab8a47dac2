package io.cachepolicy.jpa.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Year;
import java.time.ZonedDateTime;
import java.util.Calendar;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TimeZone;
import java.util.UUID;
import java.util.function.Function;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Values that are one column. Numbers, texts, truth values and bytes are written as they
 * are, others as an array of a code and what they are made of. A value is read as the
 * type that is expected now, if it converts without loss.
 */
final class Scalars {

	private static final Map<Class<?>, Tagged<?>> BY_TYPE = new LinkedHashMap<>();

	private static final Map<Integer, Tagged<?>> BY_CODE = new LinkedHashMap<>();

	static {
		text(1, BigDecimal.class, BigDecimal::toString, BigDecimal::new);
		text(2, BigInteger.class, BigInteger::toString, BigInteger::new);
		text(3, UUID.class, UUID::toString, UUID::fromString);
		text(4, LocalDate.class, LocalDate::toString, LocalDate::parse);
		text(5, LocalTime.class, LocalTime::toString, LocalTime::parse);
		text(6, LocalDateTime.class, LocalDateTime::toString, LocalDateTime::parse);
		text(7, Instant.class, Instant::toString, Instant::parse);
		text(8, OffsetDateTime.class, OffsetDateTime::toString, OffsetDateTime::parse);
		text(9, OffsetTime.class, OffsetTime::toString, OffsetTime::parse);
		text(10, ZonedDateTime.class, ZonedDateTime::toString, ZonedDateTime::parse);
		text(11, Duration.class, Duration::toString, Duration::parse);
		text(12, Year.class, Year::toString, Year::parse);
		text(13, Character.class, String::valueOf, (text) -> text.charAt(0));
		text(14, Float.class, (value) -> Float.toString(value), Float::valueOf);
		text(15, Short.class, (value) -> Short.toString(value), Short::valueOf);
		text(16, Byte.class, (value) -> Byte.toString(value), Byte::valueOf);
		text(17, Date.class, (value) -> Long.toString(value.getTime()), (text) -> new Date(Long.parseLong(text)));
		text(18, java.sql.Date.class, (value) -> Long.toString(value.getTime()),
				(text) -> new java.sql.Date(Long.parseLong(text)));
		text(19, Time.class, (value) -> Long.toString(value.getTime()), (text) -> new Time(Long.parseLong(text)));
		text(20, Timestamp.class, (value) -> value.getTime() + " " + value.getNanos(), Scalars::timestamp);
		text(21, GregorianCalendar.class, (value) -> value.getTimeInMillis() + " " + value.getTimeZone().getID(),
				Scalars::calendar);
		text(22, char[].class, String::new, String::toCharArray);
		text(23, Long.class, (value) -> Long.toString(value), Long::valueOf);
		text(24, Integer.class, (value) -> Integer.toString(value), Integer::valueOf);
	}

	private Scalars() {
	}

	private static <T> void text(int code, Class<T> type, Function<T, String> print, Function<String, T> parse) {
		Tagged<T> tagged = new Tagged<>(code, type, print, parse);
		BY_TYPE.put(type, tagged);
		BY_CODE.put(code, tagged);
	}

	private static Timestamp timestamp(String text) {
		String[] parts = text.split(" ");
		Timestamp timestamp = new Timestamp(Long.parseLong(parts[0]));
		timestamp.setNanos(Integer.parseInt(parts[1]));
		return timestamp;
	}

	private static GregorianCalendar calendar(String text) {
		String[] parts = text.split(" ", 2);
		GregorianCalendar calendar = new GregorianCalendar(TimeZone.getTimeZone(parts[1]));
		calendar.setTimeInMillis(Long.parseLong(parts[0]));
		return calendar;
	}

	/**
	 * Return whether values of a type are scalars.
	 * @param type the type, no primitive one
	 * @return whether they can be written
	 */
	static boolean supports(Class<?> type) {
		return type == String.class || type == Boolean.class || type == Double.class || type == byte[].class
				|| type == Calendar.class || BY_TYPE.containsKey(type);
	}

	/**
	 * Write a value that is read with its type known.
	 * @param value the value
	 * @param generator takes it
	 * @return {@code false} if it is no scalar, and nothing was written
	 */
	static boolean write(Object value, JsonGenerator generator) {
		if (value instanceof String text) {
			generator.writeString(text);
		}
		else if (value instanceof Long number) {
			generator.writeNumber(number);
		}
		else if (value instanceof Integer number) {
			generator.writeNumber(number);
		}
		else {
			return writePlain(value, generator) || writeTagged(value, generator);
		}
		return true;
	}

	private static boolean writePlain(Object value, JsonGenerator generator) {
		if (value instanceof Boolean truth) {
			generator.writeBoolean(truth);
		}
		else if (value instanceof Double number) {
			generator.writeNumber(number.doubleValue());
		}
		else if (value instanceof byte[] bytes) {
			generator.writeBinary(bytes);
		}
		else {
			return false;
		}
		return true;
	}

	/**
	 * Write a value that tells its type.
	 * @param value the value
	 * @param generator takes it
	 * @return {@code false} if it is no scalar, and nothing was written
	 */
	static boolean writeWithType(Object value, JsonGenerator generator) {
		if (value instanceof String text) {
			generator.writeString(text);
			return true;
		}
		return writePlain(value, generator) || writeTagged(value, generator);
	}

	private static boolean writeTagged(Object value, JsonGenerator generator) {
		Tagged<?> tagged = BY_TYPE.get(value.getClass());
		if (tagged == null) {
			return false;
		}
		generator.writeStartArray(value, 2);
		generator.writeNumber(tagged.code());
		generator.writeString(tagged.format(value));
		generator.writeEndArray();
		return true;
	}

	/**
	 * Read a value.
	 * @param parser at its first token
	 * @return the value, a {@code Long} or {@code Integer} for any number
	 * @throws IllegalArgumentException if there is none
	 */
	static Object read(JsonParser parser) {
		JsonToken token = parser.currentToken();
		return switch ((token != null) ? token : JsonToken.NOT_AVAILABLE) {
			case VALUE_STRING -> parser.getString();
			case VALUE_TRUE -> true;
			case VALUE_FALSE -> false;
			case VALUE_NUMBER_INT -> parser.getLongValue();
			case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
			case VALUE_EMBEDDED_OBJECT -> parser.getBinaryValue();
			case START_ARRAY -> readTagged(parser);
			default -> throw new IllegalArgumentException("A value can't begin with " + token);
		};
	}

	private static Object readTagged(JsonParser parser) {
		if (parser.nextToken() != JsonToken.VALUE_NUMBER_INT) {
			throw new IllegalArgumentException("A value has no code");
		}
		Tagged<?> tagged = BY_CODE.get(parser.getIntValue());
		if (tagged == null || parser.nextToken() != JsonToken.VALUE_STRING) {
			throw new IllegalArgumentException("A value has an unknown code");
		}
		Object value = tagged.parse().apply(parser.getString());
		if (parser.nextToken() != JsonToken.END_ARRAY) {
			throw new IllegalArgumentException("A value does not end");
		}
		return value;
	}

	/**
	 * Convert a value to the type that is expected.
	 * @param value the value
	 * @param type the type, no primitive one
	 * @return the value of that type
	 * @throws IllegalArgumentException if that is impossible without loss
	 */
	static Object convert(Object value, Class<?> type) {
		if (type.isInstance(value)) {
			return value;
		}
		Object converted = Conversions.convert(value, type);
		if (converted == null) {
			throw new IllegalArgumentException("A value of type %s is not one of type %s without loss"
				.formatted(value.getClass().getName(), type.getName()));
		}
		return converted;
	}

	/**
	 * How values of a type are written as text.
	 *
	 * @param <T> the type
	 * @param code stands for the type
	 * @param type the type
	 * @param print makes the text
	 * @param parse reads the text
	 */
	private record Tagged<T>(int code, Class<T> type, Function<T, String> print, Function<String, T> parse) {

		String format(Object value) {
			return this.print.apply(this.type.cast(value));
		}

	}

}
