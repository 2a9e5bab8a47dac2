package io.cachepolicy.startup;

import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.startup.parcels.Parcel;
import io.cachepolicy.startup.parcels.ParcelApplication;
import io.cachepolicy.startup.parcels.ParcelRepository;
import io.cachepolicy.startup.parcels.Parcels;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.orm.jpa.EntityManagerFactoryUtils;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Several application contexts in one JVM.
 */
class SeveralContextsTests extends AbstractStartupTests {

	@ParameterizedTest
	@ValueSource(strings = { "spring.jmx.enabled=false", "spring.jmx.enabled=true" })
	@DisplayName("S1: two applications with caches of the same name don't see each other's values")
	void applicationsWithSameCacheNamesAreApart(String setting) {
		Database otherDatabase = Database.create();
		try (ConfigurableApplicationContext other = builder(ParcelApplication.class).run(
				"--spring.datasource.url=" + otherDatabase.url(), "--spring.jmx.default-domain=other",
				"--" + setting)) {
			other.getBean(Parcels.class).write(new Parcel(1L, "other"));
			assertWorks(startParcels(setting));
			assertThat(other.getBean(Parcels.class).find(1)).map(Parcel::getLabel).contains("other");
		}
		assertThat(otherDatabase.labels("parcel")).isEqualTo(Map.of(1L, "other"));
	}

	@Test
	@DisplayName("S1: caches of a parent are used by services of a child")
	void childUsesCachesOfParent() {
		ConfigurableApplicationContext parent = start(ParcelApplication.class);
		try (ConfigurableApplicationContext child = child(parent, ChildService.class)) {
			assertThat(child.getBean(PolicyCacheManager.class)).isSameAs(parent.getBean(PolicyCacheManager.class));
			Parcels parcels = child.getBean("childParcels", Parcels.class);
			parcels.write(new Parcel(5L, "five"));
			assertThat(parcels.find(5)).map(Parcel::getLabel).contains("five");
			assertThat(parent.getBean("parcels", Parcels.class).find(5)).map(Parcel::getLabel).contains("five");
		}
		assertThat(this.database.labels("parcel")).as("the parent is still there").isEmpty();
		parent.close();
		assertThat(this.database.labels("parcel")).isEqualTo(Map.of(5L, "five"));
	}

	@Test
	@DisplayName("S1: caches of a child use the repositories of its parent, and drain when the child closes")
	void childUsesRepositoriesOfParent() {
		ConfigurableApplicationContext parent = start(Repositories.class);
		assertThat(parent.getBeanProvider(PolicyCacheManager.class).stream()).isEmpty();
		assertWorks(child(parent, ChildService.class));
		assertThat(parent.isActive()).isTrue();
	}

	@Test
	@DisplayName("S1: caches of two children of one parent are apart")
	void childrenAreApart() {
		ConfigurableApplicationContext parent = start(Repositories.class);
		try (ConfigurableApplicationContext first = child(parent, ChildService.class);
				ConfigurableApplicationContext second = child(parent, ChildService.class)) {
			first.getBean(Parcels.class).write(new Parcel(1L, "first"));
			assertThat(second.getBean(Parcels.class).find(1)).isEmpty();
		}
		assertThat(this.database.labels("parcel")).isEqualTo(Map.of(1L, "first"));
	}

	@Test
	@DisplayName("R6: caches of two children follow what is written through the factory of their parent")
	void childrenFollowTheFactoryOfTheParent() {
		ConfigurableApplicationContext parent = start(Repositories.class);
		EntityManagerFactory factory = parent.getBean(EntityManagerFactory.class);
		TransactionTemplate transaction = new TransactionTemplate(parent.getBean(PlatformTransactionManager.class));
		try (ConfigurableApplicationContext first = child(parent, ChildService.class);
				ConfigurableApplicationContext second = child(parent, ChildService.class)) {
			List<Parcels> children = List.of(first.getBean(Parcels.class), second.getBean(Parcels.class));
			first.getBean(Parcels.class).writeThrough(new Parcel(1L, "old"));
			for (String label : List.of("row", "statement")) {
				children.forEach((parcels) -> assertThat(parcels.find(1)).isPresent());
				transaction.executeWithoutResult((status) -> {
					EntityManager session = Objects
						.requireNonNull(EntityManagerFactoryUtils.getTransactionalEntityManager(factory));
					if (label.equals("row")) {
						session.merge(new Parcel(1L, label));
					}
					else {
						session.createQuery("update Parcel set label = :label")
							.setParameter("label", label)
							.executeUpdate();
					}
				});
				assertThat(children)
					.allSatisfy((parcels) -> assertThat(parcels.find(1)).map(Parcel::getLabel).contains(label));
			}
		}
	}

	@Test
	@DisplayName("W2: a write after the commit of a parent's transaction manager is not lost")
	void childWritesAfterCommitOfParent() {
		ConfigurableApplicationContext parent = start(Repositories.class);
		try (ConfigurableApplicationContext child = child(parent, ChildService.class)) {
			Parcels parcels = child.getBean(Parcels.class);
			new TransactionTemplate(parent.getBean(PlatformTransactionManager.class))
				.executeWithoutResult((status) -> TransactionSynchronizationManager
					.registerSynchronization(new TransactionSynchronization() {

						@Override
						public void afterCommit() {
							parcels.write(new Parcel(1L, "back"));
							parcels.writeThrough(new Parcel(2L, "through"));
						}

					}));
			assertThat(parcels.find(1)).map(Parcel::getLabel).contains("back");
		}
		assertThat(this.database.labels("parcel")).isEqualTo(Map.of(1L, "back", 2L, "through"));
	}

	private ConfigurableApplicationContext child(ConfigurableApplicationContext parent, Class<?> source) {
		return builder(source).parent(parent).web(WebApplicationType.NONE).run();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableCaching
	static class ChildService {

		@Bean
		Parcels childParcels(ParcelRepository repository) {
			return new Parcels(repository);
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@AutoConfigurationPackage(basePackageClasses = Parcel.class)
	static class Repositories {

	}

}
