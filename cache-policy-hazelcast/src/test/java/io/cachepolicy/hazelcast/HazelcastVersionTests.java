package io.cachepolicy.hazelcast;

import io.cachepolicy.InvalidPolicyCacheException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link HazelcastVersion}.
 */
class HazelcastVersionTests {

	@ParameterizedTest
	@DisplayName("S3: an older Hazelcast is refused with the way out")
	@ValueSource(strings = { "5.5.0", "5.6.0-SNAPSHOT", "4.2.8", "3.12" })
	void olderVersionIsRefused(String version) {
		assertThatExceptionOfType(InvalidPolicyCacheException.class).isThrownBy(() -> HazelcastVersion.check(version))
			.withMessageContaining("Hazelcast " + version + " is on the class path")
			.satisfies((ex) -> org.assertj.core.api.Assertions.assertThat(ex.getAction())
				.contains("'hazelcast.version'", "5.7.0"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "5.7.0", "5.7.1-SNAPSHOT", "5.10.0", "6.0.0", "custom" })
	void newerVersionIsAccepted(String version) {
		HazelcastVersion.check(version);
	}

	@Test
	void versionOnTheClassPathIsAccepted() {
		HazelcastVersion.check();
	}

}
