package io.cachepolicy.jpa.domain;

import java.util.Map;

import jakarta.persistence.EntityManagerFactory;
import org.hibernate.SessionFactory;
import org.hibernate.stat.Statistics;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * An application with the entities of this package and a database.
 */
public final class JpaTestContext implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	public JpaTestContext(String url, Class<?>... sources) {
		this(url, Map.of(), sources);
	}

	public JpaTestContext(String url, Map<String, Object> properties, Class<?>... sources) {
		this.context = new SpringApplicationBuilder(Application.class).sources(sources)
			.properties(properties)
			.web(WebApplicationType.NONE)
			.run("--spring.datasource.url=" + url, "--spring.jpa.hibernate.ddl-auto=create",
					"--spring.jpa.properties.hibernate.generate_statistics=true", "--spring.main.banner-mode=off",
					"--logging.level.root=warn", "--logging.level.org.hibernate.orm.sql=off",
					"--spring.datasource.hikari.maximum-pool-size=5");
	}

	public ConfigurableApplicationContext getContext() {
		return this.context;
	}

	public <T> T getBean(Class<T> type) {
		return this.context.getBean(type);
	}

	public EntityManagerFactory getEntityManagerFactory() {
		return getBean(EntityManagerFactory.class);
	}

	public JdbcTemplate jdbc() {
		return getBean(JdbcTemplate.class);
	}

	public TransactionTemplate transaction() {
		return new TransactionTemplate(getBean(PlatformTransactionManager.class));
	}

	public TransactionTemplate newTransaction() {
		TransactionTemplate transaction = transaction();
		transaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		return transaction;
	}

	public Statistics clearStatistics() {
		Statistics statistics = getEntityManagerFactory().unwrap(SessionFactory.class).getStatistics();
		statistics.clear();
		return statistics;
	}

	@Override
	public void close() {
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	@AutoConfigurationPackage
	@ImportAutoConfiguration({ DataSourceAutoConfiguration.class, HibernateJpaAutoConfiguration.class,
			DataJpaRepositoriesAutoConfiguration.class, TransactionAutoConfiguration.class,
			JdbcTemplateAutoConfiguration.class })
	static class Application {

	}

}
