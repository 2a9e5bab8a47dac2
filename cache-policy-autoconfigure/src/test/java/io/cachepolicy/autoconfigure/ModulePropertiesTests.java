package io.cachepolicy.autoconfigure;

import java.nio.file.Path;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for properties that modules add below {@code cache-policy}.
 */
class ModulePropertiesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(CachePolicyAutoConfiguration.class))
		.withUserConfiguration(CachingConfiguration.class);

	private final ApplicationContextRunner withModule = this.runner.withUserConfiguration(ModuleConfiguration.class);

	@Test
	void propertiesOfAModuleAreBoundBesideTheOthers() {
		this.withModule
			.withPropertyValues("cache-policy.journal.directory=pending", "cache-policy.journal.limits.a.size=5",
					"cache-policy.defaults.maximum-size=7")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(JournalProperties.class).directory()).isEqualTo(Path.of("pending"));
				assertThat(context.getBean(CachePolicyProperties.class).getDefaults().getMaximumSize()).isEqualTo(7);
			});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					cache-policy.journal.directry=x       | 'cache-policy.journal.directry' does not exist | Write 'directory' instead of 'directry'.
					cache-policy.journal.limits.a.sizee=1 | 'cache-policy.journal.limits.a.sizee'          | Write 'size' instead of 'sizee'.
					cache-policy.defauls.policy=x         | 'cache-policy.defauls.policy' does not exist   | Write 'defaults' instead of 'defauls'.
					cache-policy.cluster.enabled=true     | belongs to a module that is not on the class   | 'io.cachepolicy:cache-policy-hazelcast'
					""")
	void unknownPropertyFailsTheStartWithTheNearestName(String property, String description, String action) {
		this.withModule.withPropertyValues("cache-policy.journal.directory=pending", property)
			.run((context) -> assertFailed(context, description, action));
	}

	@Test
	void propertyOfAnAbsentModuleNamesTheDependency() {
		this.runner.withPropertyValues("cache-policy.journal.directory=pending")
			.run((context) -> assertFailed(context, "'cache-policy.journal.directory' belongs to a module",
					"Add the dependency 'io.cachepolicy:cache-policy-journal'"));
	}

	@Test
	void propertiesOfOthersAreLeftToThem() {
		this.runner.withUserConfiguration(OtherConfiguration.class)
			.withPropertyValues("other.unknown=1")
			.run((context) -> {
				assertThat(context).hasFailed();
				assertThat(analyze(context)).isNull();
			});
	}

	private static void assertFailed(AssertableApplicationContext context, String description, String action) {
		assertThat(context).hasFailed();
		FailureAnalysis analysis = analyze(context);
		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription()).contains(description).doesNotContain("pending");
		assertThat(analysis.getAction()).contains(action);
	}

	private static @Nullable FailureAnalysis analyze(AssertableApplicationContext context) {
		FailureAnalyzer analyzer = new UnknownPropertyFailureAnalyzer();
		return analyzer.analyze(context.getStartupFailure());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class CachingConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(JournalProperties.class)
	static class ModuleConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(OtherProperties.class)
	static class OtherConfiguration {

	}

	@ConfigurationProperties(prefix = "cache-policy.journal", ignoreUnknownFields = false)
	record JournalProperties(@Nullable Path directory, @Nullable Map<String, Limit> limits, @Nullable Integer writes) {

	}

	record Limit(@Nullable Integer size) {

	}

	@ConfigurationProperties(prefix = "other", ignoreUnknownFields = false)
	record OtherProperties(@Nullable String known) {

	}

}
