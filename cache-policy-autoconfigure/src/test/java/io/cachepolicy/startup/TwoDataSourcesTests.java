package io.cachepolicy.startup;

import java.util.Map;

import javax.sql.DataSource;

import io.cachepolicy.FlushReport;
import io.cachepolicy.startup.letters.Letter;
import io.cachepolicy.startup.letters.LetterRepository;
import io.cachepolicy.startup.letters.Letters;
import io.cachepolicy.startup.parcels.Parcel;
import io.cachepolicy.startup.parcels.ParcelRepository;
import io.cachepolicy.startup.parcels.Parcels;
import jakarta.persistence.EntityManagerFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application with two data sources, each with an entity manager factory, a
 * transaction manager and repositories.
 */
class TwoDataSourcesTests extends AbstractStartupTests {

	private final Database other = Database.create();

	@Test
	@DisplayName("S1: with two data sources each cache uses that of its entity")
	void applicationWithTwoDataSourcesWorks() {
		assertEachUsesItsOwn(startBoth(NonePrimary.class));
	}

	@Test
	@DisplayName("S1: with two data sources, one of them primary, each cache uses that of its entity")
	void applicationWithPrimaryDataSourceWorks() {
		assertEachUsesItsOwn(startBoth(OnePrimary.class));
	}

	@Test
	@DisplayName("S1: with two data sources a rollback of either leaves no trace")
	void applicationWithTwoDataSourcesRollsBack() {
		ConfigurableApplicationContext context = startBoth(NonePrimary.class);
		Letters letters = context.getBean(Letters.class);
		letters.writeThrough(new Letter(1L, "one"));
		new TransactionTemplate(context.getBean("letterTransactions", PlatformTransactionManager.class))
			.executeWithoutResult((status) -> {
				letters.writeThrough(new Letter(1L, "refused"));
				letters.write(new Letter(2L, "refused"));
				status.setRollbackOnly();
			});
		assertThat(flush(context)).isEqualTo(new FlushReport(0, 0, 0));
		assertThat(letters.find(1)).map(Letter::getLabel).contains("one");
		assertThat(letters.find(2)).isEmpty();
		assertThat(this.other.labels("letter")).isEqualTo(Map.of(1L, "one"));
	}

	@Test
	@DisplayName("R6: with two entity manager factories, what goes around a cache through its own one is followed")
	void applicationWithTwoDataSourcesFollowsEach() {
		ConfigurableApplicationContext context = startBoth(NonePrimary.class);
		Letters letters = context.getBean(Letters.class);
		letters.writeThrough(new Letter(1L, "one"));
		context.getBean(LetterRepository.class).save(new Letter(1L, "around"));
		assertThat(letters.find(1)).map(Letter::getLabel).contains("around");
		letters.write(new Letter(1L, "pending"));
		new TransactionTemplate(context.getBean("letterTransactions", PlatformTransactionManager.class))
			.executeWithoutResult(
					(status) -> assertThat(context.getBean(LetterRepository.class).findById(1L)).map(Letter::getLabel)
						.contains("pending"));
		assertThat(this.other.labels("letter")).isEqualTo(Map.of(1L, "pending"));
	}

	private ConfigurableApplicationContext startBoth(Class<?> source) {
		return start(source, "test.parcels=" + this.database.url(), "test.letters=" + this.other.url());
	}

	private void assertEachUsesItsOwn(ConfigurableApplicationContext context) {
		assertCachesAndFlushes(context);
		Letters letters = context.getBean(Letters.class);
		letters.writeThrough(new Letter(1L, "through"));
		letters.write(new Letter(2L, "back"));
		assertThat(letters.find(2)).map(Letter::getLabel).contains("back");
		assertThat(flush(context)).isEqualTo(new FlushReport(1, 0, 0));
		assertThat(this.other.labels("letter")).isEqualTo(Map.of(1L, "through", 2L, "back"));
		context.getBean(Parcels.class).write(new Parcel(2L, "two"));
		letters.remove(1);
		context.close();
		assertThat(this.database.labels("parcel")).isEqualTo(Map.of(2L, "two"));
		assertThat(this.other.labels("letter")).isEqualTo(Map.of(2L, "back"));
	}

	private static DataSource dataSource(Environment environment, String property) {
		return new DriverManagerDataSource(environment.getRequiredProperty(property), "sa", "");
	}

	private static LocalContainerEntityManagerFactoryBean factory(DataSource dataSource, Class<?> entity) {
		LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
		factory.setDataSource(dataSource);
		factory.setPackagesToScan(entity.getPackageName());
		factory.setPersistenceUnitName(entity.getSimpleName());
		factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
		factory.setJpaPropertyMap(Map.of("hibernate.hbm2ddl.auto", "update"));
		return factory;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableJpaRepositories(basePackageClasses = LetterRepository.class, entityManagerFactoryRef = "letterFactory",
			transactionManagerRef = "letterTransactions")
	static class LetterConfiguration {

		@Bean
		DataSource letterSource(Environment environment) {
			return dataSource(environment, "test.letters");
		}

		@Bean
		LocalContainerEntityManagerFactoryBean letterFactory(@Qualifier("letterSource") DataSource dataSource) {
			return factory(dataSource, Letter.class);
		}

		@Bean
		PlatformTransactionManager letterTransactions(
				@Qualifier("letterFactory") EntityManagerFactory entityManagerFactory) {
			return new JpaTransactionManager(entityManagerFactory);
		}

		@Bean
		Letters letters(LetterRepository repository) {
			return new Letters(repository);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableJpaRepositories(basePackageClasses = ParcelRepository.class, entityManagerFactoryRef = "parcelFactory",
			transactionManagerRef = "parcelTransactions")
	static class ParcelConfiguration {

		@Bean
		DataSource parcelSource(Environment environment) {
			return dataSource(environment, "test.parcels");
		}

		@Bean
		LocalContainerEntityManagerFactoryBean parcelFactory(@Qualifier("parcelSource") DataSource dataSource) {
			return factory(dataSource, Parcel.class);
		}

		@Bean
		PlatformTransactionManager parcelTransactions(
				@Qualifier("parcelFactory") EntityManagerFactory entityManagerFactory) {
			return new JpaTransactionManager(entityManagerFactory);
		}

		@Bean
		Parcels parcels(ParcelRepository repository) {
			return new Parcels(repository);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PrimaryParcelConfiguration extends ParcelConfiguration {

		@Bean
		@Override
		@Primary
		DataSource parcelSource(Environment environment) {
			return super.parcelSource(environment);
		}

		@Bean
		@Override
		@Primary
		LocalContainerEntityManagerFactoryBean parcelFactory(@Qualifier("parcelSource") DataSource dataSource) {
			return super.parcelFactory(dataSource);
		}

		@Bean
		@Override
		@Primary
		PlatformTransactionManager parcelTransactions(
				@Qualifier("parcelFactory") EntityManagerFactory entityManagerFactory) {
			return super.parcelTransactions(entityManagerFactory);
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableCaching
	@Import({ LetterConfiguration.class, ParcelConfiguration.class })
	static class NonePrimary {

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableCaching
	@Import({ LetterConfiguration.class, PrimaryParcelConfiguration.class })
	static class OnePrimary {

	}

}
