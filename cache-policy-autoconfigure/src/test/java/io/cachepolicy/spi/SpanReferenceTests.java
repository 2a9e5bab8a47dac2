package io.cachepolicy.spi;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SpanReference}.
 */
class SpanReferenceTests {

	@ParameterizedTest
	@CsvSource(nullValues = "null", textBlock = """
			3e425f2373d89640bde06e8285e7bf88 | ae3abb4409a5fdef | true
			0000000000000000bde06e8285e7bf88 | 00000000000000ef | false
			bde06e8285e7bf88                 | fe3abb4409a5fdef | null
			BDE06E8285E7BF88                 | fe3abb4409a5fdef | true
			bde06e8285e7bf88                 | fe3abb4409a5fde  | true
			trace                            | span             | true
			""", delimiter = '|')
	void idsAreKept(String traceId, String spanId, @Nullable Boolean sampled) {
		SpanReference reference = SpanReference.of(traceId, spanId, sampled);
		assertThat(reference.traceId()).isEqualTo(traceId);
		assertThat(reference.spanId()).isEqualTo(spanId);
		assertThat(reference.sampled()).isEqualTo(sampled);
		assertThat(reference).isEqualTo(SpanReference.of(traceId, spanId, sampled))
			.hasSameHashCodeAs(SpanReference.of(traceId, spanId, sampled))
			.hasToString("SpanReference[traceId=%s, spanId=%s, sampled=%s]".formatted(traceId, spanId, sampled));
	}

	@Test
	void referencesToOtherSpansDiffer() {
		SpanReference reference = SpanReference.of("bde06e8285e7bf88", "fe3abb4409a5fdef", true);
		assertThat(reference).isNotEqualTo(SpanReference.of("bde06e8285e7bf87", "fe3abb4409a5fdef", true))
			.isNotEqualTo(SpanReference.of("0000000000000000bde06e8285e7bf88", "fe3abb4409a5fdef", true))
			.isNotEqualTo(SpanReference.of("bde06e8285e7bf88", "fe3abb4409a5fdee", true))
			.isNotEqualTo(SpanReference.of("bde06e8285e7bf88", "fe3abb4409a5fdef", null));
	}

}
