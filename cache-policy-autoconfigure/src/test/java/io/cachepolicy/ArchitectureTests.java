package io.cachepolicy;

import java.time.Instant;
import java.util.Date;
import java.util.concurrent.TimeUnit;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.Architectures;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.cachepolicy.actuate.CachePolicyObservation;
import io.cachepolicy.autoconfigure.CachePolicyAutoConfiguration;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.core.env.Environment;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * Tests for the structure of the code and the habits that hold everywhere in it.
 */
class ArchitectureTests {

	private static final JavaClasses MAIN = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages("io.cachepolicy");

	private static final JavaClasses TESTS = new ClassFileImporter()
		.withImportOption(new ImportOption.OnlyIncludeTests())
		.importPackages("io.cachepolicy");

	@Test
	void packagesDependInOneDirection() {
		Architectures.layeredArchitecture()
			.consideringOnlyDependenciesInLayers()
			.withOptionalLayers(true)
			.layer("text")
			.definedBy("io.cachepolicy.text..")
			.layer("base")
			.definedBy("io.cachepolicy")
			.layer("settings")
			.definedBy("io.cachepolicy.settings..")
			.layer("spi")
			.definedBy("io.cachepolicy.spi..")
			.layer("transaction")
			.definedBy("io.cachepolicy.transaction..")
			.layer("cache")
			.definedBy("io.cachepolicy.cache..")
			.layer("writeback")
			.definedBy("io.cachepolicy.writeback..")
			.layer("jpa")
			.definedBy("io.cachepolicy.jpa..")
			.layer("interceptor")
			.definedBy("io.cachepolicy.interceptor..")
			.layer("actuate")
			.definedBy("io.cachepolicy.actuate..")
			.layer("autoconfigure")
			.definedBy("io.cachepolicy.autoconfigure..")
			.whereLayer("text")
			.mayNotAccessAnyLayer()
			.whereLayer("base")
			.mayOnlyAccessLayers("text")
			.whereLayer("settings")
			.mayOnlyAccessLayers("text", "base")
			.whereLayer("spi")
			.mayOnlyAccessLayers("text", "base", "settings")
			.whereLayer("transaction")
			.mayOnlyAccessLayers("text")
			.whereLayer("cache")
			.mayOnlyAccessLayers("text", "base", "settings", "spi", "transaction")
			.whereLayer("writeback")
			.mayOnlyAccessLayers("text", "base", "settings", "spi", "cache")
			.whereLayer("jpa")
			.mayOnlyAccessLayers("text", "base", "settings", "spi", "transaction")
			.whereLayer("interceptor")
			.mayOnlyAccessLayers("text", "base", "settings", "spi", "cache")
			.whereLayer("actuate")
			.mayOnlyAccessLayers("text", "base", "settings", "spi", "cache")
			.whereLayer("autoconfigure")
			.mayNotBeAccessedByAnyLayer()
			.because("what users import knows nothing of the inside, and the inside nothing of its wiring")
			.check(MAIN);
	}

	@Test
	void packagesAreFreeOfCycles() {
		slices().matching("io.(**)")
			.should()
			.beFreeOfCycles()
			.because("packages that need each other can only be understood and moved together")
			.check(MAIN);
	}

	/**
	 * Micrometer's pattern of documented observations is a ring: the documentation names
	 * the convention, which names the keys that the documentation lists.
	 */
	@Test
	void classesAreFreeOfCycles() {
		slices().assignedFrom(topLevelClasses())
			.should()
			.beFreeOfCycles()
			.ignoreDependency(simpleNameEndingWith("ObservationConvention"), isPartOfTheDocumentedObservations())
			.because("a class that holds its owner, or a part of it, can't be understood or tested alone")
			.check(MAIN);
	}

	@Test
	void onlyTheAutoConfigurationKnowsWhichManagerThereIs() {
		noClasses().that()
			.resideOutsideOfPackage("io.cachepolicy.cache..")
			.and()
			.doNotHaveFullyQualifiedName(CachePolicyAutoConfiguration.class.getName())
			.should()
			.dependOnClassesThat(JavaClass.Predicates.simpleNameStartingWith("CaffeinePolicyCache"))
			.because("the interfaces of managers and caches are enough, and a manager may be replaced or wrapped")
			.check(MAIN);
	}

	@Test
	void everyClassIsInAKnownPackage() {
		classes().should()
			.resideInAnyPackage("io.cachepolicy", "io.cachepolicy.text..", "io.cachepolicy.settings..",
					"io.cachepolicy.spi..", "io.cachepolicy.transaction..", "io.cachepolicy.cache..",
					"io.cachepolicy.writeback..", "io.cachepolicy.jpa..", "io.cachepolicy.interceptor..",
					"io.cachepolicy.actuate..", "io.cachepolicy.autoconfigure..")
			.because("a package without a place in the layers escapes their rule")
			.check(MAIN);
	}

	@Test
	void onlyWiringAndActuatorUseSpringBootAndMicrometer() {
		noClasses().that()
			.resideOutsideOfPackages("io.cachepolicy.autoconfigure..", "io.cachepolicy.actuate..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework.boot..", "io.micrometer..")
			.because("the inside works in any Spring application and can become a module of its own")
			.check(MAIN);
	}

	@Test
	void onlyJpaPackageAndWiringUsePersistence() {
		noClasses().that()
			.resideOutsideOfPackages("io.cachepolicy.jpa..", "io.cachepolicy.interceptor.repository..",
					"io.cachepolicy.autoconfigure..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework.data..", "org.springframework.orm..", "jakarta.persistence..",
					"org.hibernate..")
			.because("caches and pending writes serve every store, not only JPA repositories")
			.check(MAIN);
	}

	@Test
	void packagesAreNullMarked() {
		classes().should(resideInNullMarkedPackage())
			.because("null is only checked where the package says that it is not the default")
			.check(MAIN);
	}

	@Test
	void autoConfigurationsArePublicAndFinal() {
		classes().that()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.bePublic()
			.andShould()
			.haveModifier(JavaModifier.FINAL)
			.andShould()
			.haveSimpleNameEndingWith("AutoConfiguration")
			.because("an auto-configuration is ordered or excluded by its class, never extended")
			.allowEmptyShould(true)
			.check(MAIN);
	}

	@Test
	void conditionsAnalyzersAndHintsAreNotPublic() {
		classes().that()
			.areAssignableTo(Condition.class)
			.or()
			.areAssignableTo(FailureAnalyzer.class)
			.or()
			.areAssignableTo(RuntimeHintsRegistrar.class)
			.should()
			.notBePublic()
			.because("only Spring calls them")
			.allowEmptyShould(true)
			.check(MAIN);
	}

	@Test
	void beanMethodsAreNotPublic() {
		methods().that()
			.areAnnotatedWith(Bean.class)
			.should()
			.notBePublic()
			.because("a bean method is called by the container only")
			.allowEmptyShould(true)
			.check(MAIN);
	}

	@Test
	void postProcessorBeanMethodsAreStatic() {
		methods().that(registerAPostProcessor())
			.should()
			.beStatic()
			.because("an instance method would create its configuration before other post-processors can see it")
			.allowEmptyShould(true)
			.check(MAIN);
	}

	@Test
	void postProcessorBeanMethodsAskLate() {
		methods().that(registerAPostProcessor())
			.should(onlyHaveLazyParameters())
			.because("a parameter that is a bean would be created too early to be post-processed")
			.allowEmptyShould(true)
			.check(MAIN);
	}

	@Test
	void noMethodIsConditionalOnClass() {
		methods().should()
			.notBeAnnotatedWith(ConditionalOnClass.class)
			.because("the signature of a method is loaded before its condition can answer")
			.allowEmptyShould(true)
			.check(MAIN);
	}

	@Test
	void noLifecycleAnnotations() {
		noMethods().should()
			.beAnnotatedWith("jakarta.annotation.PostConstruct")
			.orShould()
			.beAnnotatedWith("jakarta.annotation.PreDestroy")
			.because("starting and stopping have an order, which only a SmartLifecycle can say")
			.allowEmptyShould(true)
			.check(MAIN);
	}

	@Test
	void noFieldInjection() {
		noFields().should()
			.beAnnotatedWith(Autowired.class)
			.orShould()
			.beAnnotatedWith(Value.class)
			.orShould()
			.beAnnotatedWith("jakarta.annotation.Resource")
			.orShould()
			.beAnnotatedWith("jakarta.inject.Inject")
			.orShould()
			.beAnnotatedWith("jakarta.persistence.PersistenceContext")
			.because("what a class needs is in its constructor")
			.allowEmptyShould(true)
			.check(MAIN);
	}

	@Test
	void fieldsAreNotPublic() {
		fields().that()
			.areNotStatic()
			.should()
			.notBePublic()
			.because("state is reached through methods")
			.allowEmptyShould(true)
			.check(MAIN);
	}

	@Test
	void noStandardStreams() {
		noClasses().should()
			.accessField(System.class, "out")
			.orShould()
			.accessField(System.class, "err")
			.because("a library logs, and a test asserts")
			.check(MAIN);
		noClasses().should()
			.accessField(System.class, "out")
			.orShould()
			.accessField(System.class, "err")
			.because("a library logs, and a test asserts")
			.check(TESTS);
	}

	@Test
	void noOldDates() {
		noClasses().that()
			.haveNameNotMatching("io\\.cachepolicy\\.jpa\\.codec\\.(Scalars|Conversions).*")
			.should()
			.dependOnClassesThat()
			.areAssignableTo(Date.class)
			.because("java.time says what is meant, and only entities may have the old ones")
			.check(MAIN);
	}

	@Test
	void timeComesFromAClock() {
		noClasses().should()
			.callMethod(Instant.class, "now")
			.orShould()
			.callMethod(System.class, "currentTimeMillis")
			.because("tests move the time by hand")
			.check(MAIN);
	}

	@Test
	void nobodySleeps() {
		noClasses().should()
			.accessTargetWhere(isSleep())
			.because("waiting for a condition is neither too short nor too long, and can be interrupted")
			.check(MAIN);
		noClasses().should()
			.accessTargetWhere(isSleep())
			.because("a test that sleeps is slow on a fast machine and fails on a slow one")
			.check(TESTS);
	}

	private static DescribedPredicate<JavaClass> isPartOfTheDocumentedObservations() {
		return DescribedPredicate.describe("is part of the documented observations",
				(type) -> type.getName().startsWith(CachePolicyObservation.class.getName()));
	}

	private static SliceAssignment topLevelClasses() {
		return new SliceAssignment() {

			@Override
			public SliceIdentifier getIdentifierOf(JavaClass type) {
				String name = type.getName();
				int nested = name.indexOf('$');
				return SliceIdentifier.of((nested < 0) ? name : name.substring(0, nested));
			}

			@Override
			public String getDescription() {
				return "top-level classes";
			}

		};
	}

	private static DescribedPredicate<JavaMethod> registerAPostProcessor() {
		return DescribedPredicate.describe("are @Bean methods of a post-processor",
				(method) -> method.isAnnotatedWith(Bean.class)
						&& (method.getRawReturnType().isAssignableTo(BeanPostProcessor.class)
								|| method.getRawReturnType().isAssignableTo(BeanFactoryPostProcessor.class)));
	}

	private static DescribedPredicate<JavaAccess<?>> isSleep() {
		return DescribedPredicate.describe("is a sleep",
				(access) -> access.getTarget().getName().equals("sleep")
						&& (access.getTargetOwner().isEquivalentTo(Thread.class)
								|| access.getTargetOwner().isEquivalentTo(TimeUnit.class)));
	}

	private static ArchCondition<JavaMethod> onlyHaveLazyParameters() {
		return new ArchCondition<>("only have lazy parameters") {

			@Override
			public void check(JavaMethod method, ConditionEvents events) {
				for (JavaClass type : method.getRawParameterTypes()) {
					boolean lazy = type.isAssignableTo(ObjectFactory.class) || type.isAssignableTo(BeanFactory.class)
							|| type.isAssignableTo(Environment.class);
					events.add(new SimpleConditionEvent(method, lazy,
							method.getFullName() + " has a parameter of type " + type.getName()));
				}
			}

		};
	}

	private static ArchCondition<JavaClass> resideInNullMarkedPackage() {
		return new ArchCondition<>("reside in a @NullMarked package") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
				events.add(new SimpleConditionEvent(type, marked, type.getName() + " is not in a @NullMarked package"));
			}

		};
	}

}
