package io.cachepolicy.interceptor;

import java.util.List;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.cache.interceptor.CacheInterceptor;
import org.springframework.samples.shop.SampleService;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SpringModules}.
 */
class SpringModulesTests {

	@ParameterizedTest
	@ValueSource(strings = { "org.springframework.boot.SpringApplication",
			"org.springframework.data.jpa.repository.support.SimpleJpaRepository",
			"org.springframework.cache.Cache$ValueWrapper" })
	void classesOfModulesAreContained(String className) {
		assertThat(SpringModules.contain(className)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "org.springframework.samples.petclinic.vet.VetRepository",
			"org.springframework.bootleg.Application", "org.springframework.Application", "org.springframework.",
			"org.springframeworks.boot.Application", "com.example.org.springframework.boot.Application",
			"Application" })
	void otherClassesAreNotContained(String className) {
		assertThat(SpringModules.contain(className)).isFalse();
	}

	@Test
	@DisplayName("trap: applications may be in packages of Spring, as its samples are")
	void methodsOfApplicationsInPackagesOfSpringAreFound() {
		DefaultListableBeanFactory beanFactory = new DefaultListableBeanFactory();
		for (Class<?> type : List.of(SampleService.class, CacheInterceptor.class)) {
			beanFactory.registerBeanDefinition(type.getSimpleName(), new RootBeanDefinition(type));
		}
		assertThat(new PolicyCachedMethods(beanFactory, (problem) -> {
		}).all()).singleElement().satisfies((method) -> assertThat(method.cacheName()).isEqualTo("samples"));
		PolicyCacheAnnotationParser parser = new PolicyCacheAnnotationParser();
		assertThat(parser.isCandidateClass(SampleService.class)).isTrue();
		assertThat(parser.isCandidateClass(CacheInterceptor.class)).isFalse();
	}

}
