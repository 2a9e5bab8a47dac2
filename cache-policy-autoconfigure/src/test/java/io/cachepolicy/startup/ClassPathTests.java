package io.cachepolicy.startup;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Applications that have less on their class path than the tests.
 */
@ExtendWith(OutputCaptureExtension.class)
class ClassPathTests {

	private final ApplicationClassPath tests = ApplicationClassPath.ofTests();

	@AfterEach
	void checkOutput(CapturedOutput output) {
		assertThat(output).doesNotContain("not eligible", " ERROR ");
	}

	@Test
	@DisplayName("S1: an application with the starter's dependencies only works")
	void applicationWithoutOptionalLibrariesWorks() throws Exception {
		this.tests
			.without("spring-boot-actuator", "spring-boot-health", "spring-boot-micrometer", "micrometer-core",
					"micrometer-registry", "micrometer-tracing", "micrometer-observation-test", "context-propagation",
					"bucket4j", "jackson", "spring-boot-jackson", "spring-web", "spring-boot-web",
					"spring-boot-servlet", "spring-boot-http", "tomcat", "spring-boot-tomcat", "spring-security",
					"flyway", "spring-boot-flyway", "spring-boot-starter-flyway", "prometheus")
			.run(Bare.class);
	}

	@Test
	@DisplayName("S1: an application without actuator, but with Micrometer, works")
	void applicationWithoutActuatorWorks() throws Exception {
		this.tests.without("spring-boot-actuator", "spring-boot-starter-actuator", "spring-boot-health")
			.run(WithoutActuator.class);
	}

	@Test
	@DisplayName("S1: an application with health, but without endpoints, works")
	void applicationWithHealthAloneWorks() throws Exception {
		this.tests.without("spring-boot-actuator", "spring-boot-starter-actuator").run(WithHealthAlone.class);
	}

	static class Bare extends AbstractStartupTests implements Runnable {

		@Override
		public void run() {
			ClassLoader classLoader = getClass().getClassLoader();
			for (String name : new String[] { "io.micrometer.core.instrument.MeterRegistry",
					"io.github.bucket4j.Bucket", "io.micrometer.context.ContextSnapshotFactory",
					"org.springframework.boot.actuate.endpoint.annotation.Endpoint", "jakarta.servlet.Servlet",
					"com.fasterxml.jackson.annotation.JsonInclude", "org.flywaydb.core.Flyway" }) {
				assertThat(ClassUtils.isPresent(name, classLoader)).as(name).isFalse();
			}
			assertWorks(startParcels());
		}

	}

	static class WithHealthAlone extends AbstractStartupTests implements Runnable {

		@Override
		public void run() {
			assertThat(ClassUtils.isPresent("org.springframework.boot.health.contributor.HealthIndicator",
					getClass().getClassLoader()))
				.isTrue();
			assertWorks(startParcels());
		}

	}

	static class WithoutActuator extends AbstractStartupTests implements Runnable {

		@Override
		public void run() {
			assertThat(ClassUtils.isPresent("io.micrometer.core.instrument.MeterRegistry", getClass().getClassLoader()))
				.isTrue();
			assertWorks(startParcels());
		}

	}

}
