package io.cachepolicy.jpa.row;

import java.util.Optional;

import io.cachepolicy.jpa.domain.JpaTestContext;
import io.cachepolicy.jpa.graph.Graph;

import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.domain.AuditorAware;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.config.EnableJpaAuditing;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;

/**
 * Adds the entities of this package and their repositories to an application.
 */
@Configuration(proxyBeanMethods = false)
@EntityScan(basePackageClasses = { Rows.class, Graph.class, JpaTestContext.class })
@EnableJpaRepositories(basePackageClasses = { Rows.class, JpaTestContext.class }, considerNestedRepositories = true)
@EnableJpaAuditing
public class RowsContext {

	@Bean
	AuditorAware<String> auditor() {
		return () -> Optional.of("auditor");
	}

	public interface Nodes extends JpaRepository<Graph.Node, Long> {

	}

	public interface Purchases extends JpaRepository<Graph.Purchase, Long> {

	}

	public interface Lines extends JpaRepository<Graph.Line, Long> {

	}

}
