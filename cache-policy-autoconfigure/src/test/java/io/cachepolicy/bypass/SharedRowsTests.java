package io.cachepolicy.bypass;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what the start says of several caches for the same rows.
 */
@ExtendWith(OutputCaptureExtension.class)
class SharedRowsTests {

	private static final String HIERARCHY = "The caches 'machines' (of %s) and 'robots' (of %s) may write the same rows"
		.formatted(Machine.class.getName(), Robot.class.getName());

	private static final String ENTITY = "The caches 'write-back' (of %1$s) and 'write-through' (of %1$s) may write"
		.formatted(Ware.class.getName());

	private static void start(String... properties) {
		try (ConfigurableApplicationContext context = BypassApplication.start(properties)) {
			assertThat(context.isRunning()).isTrue();
		}
	}

	@Test
	void startWarnsOfHierarchyInTwoCachesOfWhichOneDefers(CapturedOutput output) {
		start("logging.level.root=warn", "cache-policy.caches.machines.policy=write-back");
		assertThat(output).containsOnlyOnce(HIERARCHY)
			.contains("and 'machines' defers its writes", "Use one cache for all of them");
	}

	@Test
	void startWarnsOfEntityInTwoCachesOfWhichOneDefers(CapturedOutput output) {
		start("logging.level.root=warn");
		assertThat(output).containsOnlyOnce(ENTITY).doesNotContain(HIERARCHY);
	}

}
