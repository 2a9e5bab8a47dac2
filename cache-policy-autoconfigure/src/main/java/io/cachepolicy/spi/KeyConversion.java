package io.cachepolicy.spi;

import java.math.BigDecimal;
import java.util.UUID;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.core.convert.ConversionException;
import org.springframework.core.convert.support.DefaultConversionService;

/**
 * Converts what callers name as a key to the type of a store's keys, so that what means
 * the same row is the same key. Nothing is lost on the way: what is converted can be
 * converted back.
 */
public final class KeyConversion {

	private static final DefaultConversionService CONVERSIONS = new DefaultConversionService();

	private static final Pattern DECIMAL = Pattern.compile("-?(0|[1-9]\\d*)(\\.\\d+)?");

	private KeyConversion() {
	}

	/**
	 * Convert a key.
	 * @param <T> the type of the store's keys
	 * @param key the caller's key
	 * @param type the type of the store's keys
	 * @return the store's key, {@code null} if the caller's is none, or one only by
	 * leaving something out
	 */
	public static <T> @Nullable T convert(Object key, Class<T> type) {
		if (type.isInstance(key)) {
			return type.cast(key);
		}
		if (!BeanUtils.isSimpleValueType(key.getClass()) || !BeanUtils.isSimpleValueType(type)
				|| (key instanceof Character && Number.class.isAssignableFrom(type))) {
			return null;
		}
		try {
			T converted = CONVERSIONS.convert(key, type);
			return (converted != null && isSame(key, converted)) ? converted : null;
		}
		catch (ConversionException ex) {
			return null;
		}
	}

	private static boolean isSame(Object key, Object converted) {
		if (key instanceof Number && converted instanceof Number) {
			return isSameNumber(key.toString(), converted.toString());
		}
		if (key instanceof CharSequence && converted instanceof Number) {
			String text = key.toString();
			return DECIMAL.matcher(text).matches() && isSameNumber(text, converted.toString());
		}
		if (key instanceof CharSequence && converted instanceof UUID) {
			return converted.toString().equalsIgnoreCase(key.toString());
		}
		Object back = CONVERSIONS.canConvert(converted.getClass(), key.getClass())
				? CONVERSIONS.convert(converted, key.getClass()) : null;
		return key.equals(back);
	}

	private static boolean isSameNumber(String one, String other) {
		try {
			return new BigDecimal(one).compareTo(new BigDecimal(other)) == 0;
		}
		catch (NumberFormatException ex) {
			// Infinity and the like are no number of a row
			return false;
		}
	}

	/**
	 * Return the one key of all that stand for the same number.
	 * @param key a key of a store
	 * @return the key, without zeros behind its decimal point, and without the sign of a
	 * zero
	 */
	public static Object normalize(Object key) {
		if (key instanceof BigDecimal number) {
			BigDecimal stripped = number.stripTrailingZeros();
			return (stripped.scale() < 0) ? stripped.setScale(0) : stripped;
		}
		if (key instanceof Double number && number == 0) {
			return 0.0;
		}
		if (key instanceof Float number && number == 0) {
			return 0.0f;
		}
		return key;
	}

}
