package io.cachepolicy.spi;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DayOfWeek;
import java.util.UUID;
import java.util.stream.Stream;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link KeyConversion}.
 */
class KeyConversionTests {

	private static final UUID UNIQUE = UUID.fromString("0f8fad5b-d9cb-469f-a165-70867728950e");

	static Stream<Arguments> same() {
		return Stream.of(Arguments.of(1, 1L), Arguments.of("1", 1L), Arguments.of((byte) 1, 1L), Arguments.of(1.0, 1L),
				Arguments.of(new BigDecimal("1.00"), 1L), Arguments.of(BigInteger.ONE, 1), Arguments.of(1L, (short) 1),
				Arguments.of("-7", -7), Arguments.of(1L, "1"), Arguments.of(UNIQUE.toString(), UNIQUE),
				Arguments.of(UNIQUE.toString().toUpperCase(), UNIQUE), Arguments.of(UNIQUE, UNIQUE.toString()),
				Arguments.of("1.50", new BigDecimal("1.50")), Arguments.of(2, new BigDecimal("2")),
				Arguments.of("2.5", 2.5), Arguments.of("FRIDAY", DayOfWeek.FRIDAY),
				Arguments.of(DayOfWeek.FRIDAY, "FRIDAY"), Arguments.of("true", true));
	}

	@ParameterizedTest
	@MethodSource("same")
	@DisplayName("R8: what converts without loss is the same key")
	void convertsWithoutLoss(Object key, Object expected) {
		assertThat((Object) KeyConversion.convert(key, expected.getClass())).isEqualTo(expected);
	}

	static Stream<Arguments> lossy() {
		return Stream.of(Arguments.of(1.9, Long.class), Arguments.of("1 2", Long.class), Arguments.of('A', Long.class),
				Arguments.of('1', Integer.class), Arguments.of("0x10", Long.class), Arguments.of("#10", Long.class),
				Arguments.of("+16", Long.class), Arguments.of("016", Long.class), Arguments.of(" 1", Long.class),
				Arguments.of("1.5", Long.class), Arguments.of("", Long.class), Arguments.of("one", Long.class),
				Arguments.of(70_000, Short.class), Arguments.of(1L << 40, Integer.class),
				Arguments.of((1L << 53) + 1, Double.class), Arguments.of(new BigDecimal("1.000000001"), Long.class),
				Arguments.of(Double.NaN, Long.class), Arguments.of(Double.POSITIVE_INFINITY, Long.class),
				Arguments.of("1-1-1-1-1", UUID.class), Arguments.of("yes", Boolean.class),
				Arguments.of("01.5", BigDecimal.class), Arguments.of(true, Long.class),
				Arguments.of(new Object(), Long.class), Arguments.of(new int[] { 1 }, Integer.class));
	}

	@ParameterizedTest
	@MethodSource("lossy")
	@DisplayName("R8, 22: what does not convert without loss is no key")
	void refusesLoss(Object key, Class<?> type) {
		assertThat((Object) KeyConversion.convert(key, type)).isNull();
	}

	@Test
	@DisplayName("R8, 21: numbers of one value are one key")
	void normalizesNumbers() {
		assertThat(KeyConversion.normalize(new BigDecimal("1.00"))).isEqualTo(new BigDecimal("1"));
		assertThat(KeyConversion.normalize(new BigDecimal("100"))).isEqualTo(new BigDecimal("100"));
		assertThat(KeyConversion.normalize(new BigDecimal("1E+2"))).isEqualTo(new BigDecimal("100"));
		assertThat(KeyConversion.normalize("1.00")).isEqualTo("1.00");
		assertThat(KeyConversion.normalize(-0.0)).isEqualTo(0.0);
		assertThat(KeyConversion.normalize(-0.0f)).isEqualTo(0.0f);
		assertThat(KeyConversion.normalize(-1.5)).isEqualTo(-1.5);
	}

}
