package io.cachepolicy.repository;

import java.time.Duration;
import java.util.List;

import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.testsupport.Postgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for services and repositories as they are found in applications.
 */
@ParameterizedClass
@ValueSource(strings = { "write-through", "write-back", "write-around" })
class AsUsersWriteItIntegrationTests {

	private final String policy;

	private ConfigurableApplicationContext context;

	private JdbcTemplate jdbc;

	private ServiceApplication.Drawers drawers;

	private ServiceApplication.Words words;

	AsUsersWriteItIntegrationTests(String policy) {
		this.policy = policy;
	}

	@BeforeEach
	void start() {
		this.context = new SpringApplicationBuilder(RepositoryApplication.class, ServiceApplication.class)
			.web(WebApplicationType.NONE)
			.properties("spring.datasource.url=" + Postgres.createDatabase(), "spring.jpa.hibernate.ddl-auto=create",
					"spring.main.banner-mode=off", "logging.level.root=error", "logging.level.org.hibernate=off",
					"cache-policy.caches.shelved.repository=plainDrawerRepository",
					"cache-policy.defaults.policy=" + this.policy, "cache-policy.defaults.write-back.flush-interval=1h")
			.run();
		this.jdbc = this.context.getBean(JdbcTemplate.class);
		this.drawers = this.context.getBean(ServiceApplication.Drawers.class);
		this.words = this.context.getBean(ServiceApplication.Words.class);
	}

	@AfterEach
	void stop() {
		this.context.close();
	}

	private void flush() {
		this.context.getBean(PolicyCacheManager.class).flush(Duration.ofSeconds(30));
	}

	private List<String> rows(String table) {
		flush();
		return this.jdbc.queryForList("select content from " + table + " order by id", String.class);
	}

	@Test
	@DisplayName("void methods of a generic base service write their argument, to the cache that the subclass names")
	void voidMethodsOfBaseService() {
		this.drawers.save(new Drawer(1L, "first"));
		this.drawers.save(new Drawer(2L, "second"), "because");
		this.words.save(new Word("w", "third"));
		assertThat(this.drawers.find(1L)).isNotNull().extracting(Drawer::getContent).isEqualTo("first");
		assertThat(this.words.find("w")).isNotNull().extracting(Word::getContent).isEqualTo("third");
		assertThat(rows("drawer")).containsExactly("first", "second");
		assertThat(rows("word")).containsExactly("third");
		this.drawers.delete(1L);
		assertThat(this.drawers.find(1L)).isNull();
		assertThat(rows("drawer")).containsExactly("second");
	}

	@Test
	@DisplayName("@CachePut on the repository's own save ends, and stores what it is given")
	void cachePutOnSave() {
		WordRepository repository = this.context.getBean(WordRepository.class);
		repository.save(new Word("w", "first"));
		assertThat(this.words.find("w")).isNotNull().extracting(Word::getContent).isEqualTo("first");
		repository.save(new Word("w", "second"));
		assertThat(this.words.find("w")).isNotNull().extracting(Word::getContent).isEqualTo("second");
		assertThat(rows("word")).containsExactly("second");
	}

}
