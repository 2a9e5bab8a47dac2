package io.cachepolicy.text;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link KeyText}.
 */
class KeyTextTests {

	private static final String FORGED = "1\r\n2026-01-01 ERROR forged\u001b[2K\u2028\u2029\u0085\u202e\u2066\u200b\ufeff\u0000\ud800";

	@ParameterizedTest
	@MethodSource
	void keyThatIsHarmlessIsAsItIs(@Nullable Object key, String text) {
		assertThat(KeyText.of(key)).isEqualTo(text);
	}

	static Stream<Arguments> keyThatIsHarmlessIsAsItIs() {
		UUID uuid = UUID.randomUUID();
		return Stream.of(Arguments.of(42L, "42"), Arguments.of("a-1", "a-1"), Arguments.of(uuid, uuid.toString()),
				Arguments.of(null, "null"),
				Arguments.of("Zo\u00eb \u6771\u4eac \ud83d\ude00", "Zo\u00eb \u6771\u4eac \ud83d\ude00"),
				Arguments.of(new Composite("a", 1), "Composite[name=a, number=1]"),
				Arguments.of(List.of("a", 1), "[a, 1]"), Arguments.of(new Object[] { "a", 1 }, "[a, 1]"),
				Arguments.of(new long[] { 1, 2 }, "[1, 2]"), Arguments.of(new byte[0], "[]"),
				Arguments.of(Map.of("a", 1), "[a=1]"), Arguments.of(Arrays.asList("a", null), "[a, null]"));
	}

	@ParameterizedTest
	@MethodSource
	void whatIsNotVisibleIsEscaped(Object key) {
		String text = KeyText.of(key);
		assertThat(text).contains("1\\r\\n2026-01-01 ERROR forged\\u001b[2K\\u2028\\u2029\\u0085");
		assertThat(text.codePoints()).allMatch((character) -> character >= ' ' && character < 127);
	}

	static Stream<Object> whatIsNotVisibleIsEscaped() {
		return Stream.of(FORGED, new StringBuilder(FORGED), List.of(FORGED), List.of(List.of(FORGED)),
				new Composite(FORGED, 1), Map.of(FORGED, FORGED), Map.of("k", FORGED),
				new Composite[] { new Composite(FORGED, 2) }, new String[][] { { FORGED } });
	}

	@Test
	void everyKindOfInvisibleCharacterIsEscaped() {
		assertThat(KeyText.of("\t\u007f\u202a\u202e\u2066\u2069\u200b\u200e\ufeff\u00ad\u00a0\u3000"))
			.isEqualTo("\\t\\u007f\\u202a\\u202e\\u2066\\u2069\\u200b\\u200e\\ufeff\\u00ad\\u00a0\\u3000");
		assertThat(KeyText.of("a\ud800b\udc00\ue000\udb40\udc01")).isEqualTo("a\\ud800b\\udc00\\ue000\\udb40\\udc01");
	}

	@Test
	void keyCannotPretendToEnd() {
		assertThat(KeyText.of("1', cache 'b\\\"")).isEqualTo("1\\', cache \\'b\\\\\\\"");
	}

	@ParameterizedTest
	@MethodSource
	void longKeyIsCut(Object key) {
		assertThat(KeyText.of(key)).hasSizeLessThanOrEqualTo(KeyText.LENGTH + 3).endsWith("...");
	}

	static Stream<Object> longKeyIsCut() {
		String text = "x".repeat(1_000_000);
		return Stream.of(text, List.of(text, text), new Composite(text, 1), new String[] { text }, new byte[1_000_000],
				Collections.nCopies(1_000_000, "x"), Collections.nCopies(1_000_000, List.of()), "\n".repeat(100_000),
				new Object[][] { new Object[100_000], new Object[100_000] }, Map.of(text, text));
	}

	@Test
	void cutLeavesNoHalfOfAPair() {
		for (int i = 95; i <= 100; i++) {
			String text = KeyText.of("x".repeat(i) + "\ud83d\ude00".repeat(10));
			assertThat(Character.isHighSurrogate(text.charAt(text.length() - 4))).isFalse();
		}
	}

	@Test
	void keyThatHoldsItselfIsCut() {
		Object[] self = new Object[1];
		self[0] = self;
		assertThat(KeyText.of(self)).hasSizeLessThanOrEqualTo(KeyText.LENGTH + 3);
	}

	@Test
	void keyThatCannotDescribeItselfIsDescribedByItsType() {
		assertThat(KeyText.of(new Mute())).isEqualTo(Mute.class.getName());
	}

	@Test
	void fewKeysAreAllDescribed() {
		assertThat(KeyText.ofAll(List.of())).isEqualTo("[]");
		assertThat(KeyText.ofAll(List.of(1, "b\n"))).isEqualTo("[1, b\\n]");
	}

	@Test
	void manyKeysAreCounted() {
		String text = KeyText.ofAll(LongStream.range(0, 20_001).boxed().toList());
		assertThat(text).startsWith("[0, 1, 2, ").endsWith(", 99 and 19901 others]").hasSizeLessThan(1000);
	}

	@Test
	void longKeysAreFewer() {
		String text = KeyText.ofAll(IntStream.range(0, 20_001)
			.mapToObj((i) -> "x".repeat(1000) + i)
			.collect(Collectors.toCollection(LinkedHashSet::new)));
		assertThat(text).endsWith(" others]").hasSizeLessThan(1300);
	}

	/**
	 * A key of several parts.
	 */
	private record Composite(String name, int number) {

	}

	/**
	 * A key that fails to describe itself.
	 */
	private static final class Mute {

		@Override
		public String toString() {
			throw new IllegalStateException("mute");
		}

	}

}
