package io.cachepolicy.cluster;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of which classes of this module may know which.
 */
class ClusterArchitectureTests {

	private static final JavaClasses MAIN = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages("io.cachepolicy.cluster", "io.cachepolicy.hazelcast");

	@Test
	void protocolKnowsNothingOfHazelcastAndSpringBoot() {
		noClasses().that()
			.resideInAPackage("io.cachepolicy.cluster")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("com.hazelcast..", "io.cachepolicy.hazelcast..", "org.springframework.boot..",
					"io.cachepolicy.cache..", "io.cachepolicy.autoconfigure..")
			.because("it is tested without a network, and may move to another one")
			.check(MAIN);
	}

	@Test
	void packagesAreFreeOfCycles() {
		SlicesRuleDefinition.slices().matching("io.cachepolicy.(*)..").should().beFreeOfCycles().check(MAIN);
	}

	@Test
	void onlyDoorsArePublic() {
		classes().that()
			.arePublic()
			.and()
			.areTopLevelClasses()
			.should()
			.haveNameMatching(
					".*[.](ClusterChannel|ClusterSettings|KeyTypes|Transport|ClusterProperties|HazelcastClusterAutoConfiguration)")
			.because("every public type is a price")
			.check(MAIN);
	}

	@Test
	void fieldsAreNotPublic() {
		assertThat(MAIN.stream()
			.flatMap((type) -> type.getFields().stream())
			.filter((field) -> field.getModifiers().contains(JavaModifier.PUBLIC))
			.filter((field) -> !field.getModifiers().contains(JavaModifier.STATIC))).isEmpty();
	}

	@Test
	void packagesAreNullMarked() {
		assertThat(ClusterChannel.class.getPackage().isAnnotationPresent(NullMarked.class)).isTrue();
		assertThat(
				MAIN.get("io.cachepolicy.hazelcast.ClusterProperties").getPackage().isAnnotatedWith(NullMarked.class))
			.isTrue();
	}

}
