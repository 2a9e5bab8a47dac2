package io.cachepolicy.journal;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The journal knows the ports of the caches and not their inside, and RocksDB is known in
 * few places.
 */
class JournalArchitectureTests {

	private static final JavaClasses MAIN = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages(JournalArchitectureTests.class.getPackageName());

	@Test
	void portsAreAllThatIsKnownOfTheCaches() {
		ArchRuleDefinition.noClasses()
			.that()
			.haveSimpleNameNotEndingWith("AutoConfiguration")
			.should()
			.dependOnClassesThat(resideInAnyPackage("io.cachepolicy.autoconfigure..", "io.cachepolicy.cache..",
					"io.cachepolicy.writeback..", "io.cachepolicy.interceptor..", "io.cachepolicy.actuate..",
					"io.cachepolicy.transaction..", "io.cachepolicy.jpa"))
			.because("another log can take the place of this one")
			.check(MAIN);
	}

	@Test
	void databaseIsKnownToFew() {
		assertThat(MAIN.stream()
			.filter((type) -> type.getDirectDependenciesFromSelf()
				.stream()
				.anyMatch((dependency) -> dependency.getTargetClass().getPackageName().startsWith("org.rocksdb")))
			.map(JavaClass::getSimpleName))
			.containsExactlyInAnyOrder("Storage", "JournalDirectory", "JournalAutoConfiguration");
	}

	@Test
	void whatIsPublicIsForUsers() {
		assertThat(MAIN.stream()
			.filter((type) -> type.getModifiers().contains(com.tngtech.archunit.core.domain.JavaModifier.PUBLIC))
			.map(JavaClass::getName)
			.map((name) -> name.substring(name.lastIndexOf('.') + 1))).containsExactlyInAnyOrder(
					"JournalAutoConfiguration", "JournalHealthAutoConfiguration", "JournalMetricsAutoConfiguration",
					"JournalProperties", "JournalProperties$Sync", "JournalProperties$OnFailure");
	}

}
