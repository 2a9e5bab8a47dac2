package io.cachepolicy.test;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/**
 * Tests for what the packages of this module may use.
 */
class ArchitectureTests {

	private static final JavaClasses MAIN = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages("io.cachepolicy.test");

	@Test
	void whatTestsImportIsFreeOfTheInside() {
		classes().that()
			.resideInAPackage("io.cachepolicy.test")
			.should()
			.onlyDependOnClassesThat()
			.resideInAnyPackage("java..", "org.jspecify..", "org.assertj..", "org.springframework.cache",
					"org.springframework.transaction.support", "io.cachepolicy", "io.cachepolicy.test")
			.because("a test of an application knows of the product what the application knows")
			.check(MAIN);
	}

	@Test
	void wiringIsNotPublic() {
		noClasses().that()
			.resideInAPackage("io.cachepolicy.test.autoconfigure")
			.and()
			.areNotAnnotations()
			.and()
			.haveSimpleNameNotEndingWith("AutoConfiguration")
			.should()
			.bePublic()
			.because("a test sees the annotation and the interfaces only")
			.check(MAIN);
	}

}
