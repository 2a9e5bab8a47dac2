package io.cachepolicy.jpa.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Conversions of values that were written with another type than is expected now. A value
 * is converted if the way back yields the same value again: so nothing is lost.
 */
final class Conversions {

	private static final List<Conversion<?, ?>> ALL = new ArrayList<>();

	static {
		both(UUID.class, String.class, UUID::toString, UUID::fromString);
		both(Character.class, String.class, String::valueOf, (text) -> text.charAt(0));
		both(LocalDate.class, String.class, LocalDate::toString, LocalDate::parse);
		both(Boolean.class, String.class, String::valueOf, Boolean::valueOf);
		both(Instant.class, Date.class, Date::from, Date::toInstant);
		both(Instant.class, Timestamp.class, Timestamp::from, Timestamp::toInstant);
		both(Instant.class, OffsetDateTime.class, (value) -> value.atOffset(ZoneOffset.UTC), OffsetDateTime::toInstant);
		both(Date.class, Timestamp.class, (value) -> new Timestamp(value.getTime()),
				(value) -> new Date(value.getTime()));
		both(LocalDateTime.class, Timestamp.class, Timestamp::valueOf, Timestamp::toLocalDateTime);
		both(LocalDateTime.class, Date.class, (value) -> new Date(Timestamp.valueOf(value).getTime()),
				(value) -> new Timestamp(value.getTime()).toLocalDateTime());
		both(LocalDate.class, LocalDateTime.class, LocalDate::atStartOfDay, LocalDateTime::toLocalDate);
		both(LocalDate.class, java.sql.Date.class, java.sql.Date::valueOf, java.sql.Date::toLocalDate);
		both(LocalTime.class, Time.class, Time::valueOf, Time::toLocalTime);
	}

	private Conversions() {
	}

	private static <A, B> void both(Class<A> first, Class<B> second, Function<A, B> there, Function<B, A> back) {
		ALL.add(new Conversion<>(first, second, there, back));
		ALL.add(new Conversion<>(second, first, back, there));
	}

	/**
	 * Convert a value.
	 * @param value the value
	 * @param type the type that is expected, no primitive one
	 * @return the value of that type, {@code null} if there is none without loss
	 */
	static @Nullable Object convert(Object value, Class<?> type) {
		try {
			if (value instanceof Number number) {
				return convertNumber(number, type);
			}
			if (value instanceof String text && Number.class.isAssignableFrom(type)) {
				Object number = convertNumber(new BigDecimal(text), type);
				return (number != null && text.equals(text((Number) number))) ? number : null;
			}
			for (Conversion<?, ?> conversion : ALL) {
				if (conversion.from() == value.getClass() && conversion.to() == type) {
					return conversion.convert(value);
				}
			}
		}
		catch (RuntimeException ex) {
			// Not of the form that the type has
		}
		return null;
	}

	private static @Nullable Object convertNumber(Number number, Class<?> type) {
		if (type == String.class) {
			return text(number);
		}
		if (type == BigDecimal.class) {
			return new BigDecimal(number.toString());
		}
		return number(
				(number instanceof Float) ? new BigDecimal(number.doubleValue()) : new BigDecimal(number.toString()),
				type);
	}

	private static String text(Number number) {
		return (number instanceof BigDecimal decimal) ? decimal.toPlainString() : number.toString();
	}

	private static @Nullable Object number(BigDecimal exact, Class<?> type) {
		if (type == Double.class) {
			double number = exact.doubleValue();
			return (exact.compareTo(new BigDecimal(number)) == 0 || exact.toString().equals(Double.toString(number)))
					? number : null;
		}
		if (type == Float.class) {
			float number = exact.floatValue();
			return (exact.compareTo(new BigDecimal(number)) == 0 || exact.toString().equals(Float.toString(number)))
					? number : null;
		}
		return integer(exact, type);
	}

	private static @Nullable Object integer(BigDecimal exact, Class<?> type) {
		if (type == Long.class) {
			return exact.longValueExact();
		}
		if (type == Integer.class) {
			return exact.intValueExact();
		}
		if (type == Short.class) {
			return exact.shortValueExact();
		}
		if (type == Byte.class) {
			return exact.byteValueExact();
		}
		return (type == BigInteger.class) ? exact.toBigIntegerExact() : null;
	}

	/**
	 * A conversion.
	 *
	 * @param <A> the type of the values
	 * @param <B> the type into which they are converted
	 * @param from the type of the values
	 * @param to the type into which they are converted
	 * @param there converts a value
	 * @param back converts the result
	 */
	private record Conversion<A, B>(Class<A> from, Class<B> to, Function<A, B> there, Function<B, A> back) {

		@Nullable Object convert(Object value) {
			A typed = this.from.cast(value);
			B converted = this.there.apply(typed);
			return (this.back.apply(converted).equals(typed)) ? converted : null;
		}

	}

}
