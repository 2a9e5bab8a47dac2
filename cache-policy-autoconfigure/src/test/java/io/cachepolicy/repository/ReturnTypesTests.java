package io.cachepolicy.repository;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.PolicyCached;
import io.cachepolicy.PolicyCached.Operation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for methods of services whose return type can, or can't, be the entity of their
 * cache.
 */
class ReturnTypesTests {

	private static ConfigurableApplicationContext start(Class<?> service) {
		return new SpringApplicationBuilder(RepositoryApplication.class, service).web(WebApplicationType.NONE)
			.properties("spring.datasource.generate-unique-name=true", "spring.jpa.hibernate.ddl-auto=create",
					"spring.main.banner-mode=off", "logging.level.root=off")
			.run();
	}

	@Test
	@DisplayName("the start fails with all methods that can't return what their cache holds")
	void typesThatCannotBeTheEntity() {
		List<String> wrong = List.of("text", "number", "primitive", "ticket", "tickets", "optionalText", "laterText",
				"laterOptionalTicket", "many", "array", "byId", "plain", "written");
		assertThatExceptionOfType(InvalidPolicyCacheException.class).isThrownBy(() -> start(Wrong.class).close())
			.satisfies((ex) -> {
				for (String name : wrong) {
					assertThat(ex).hasMessageContaining("%s.%s can't return what the cache 'gauges' holds: %s"
						.formatted(Wrong.class.getName(), name, Gauge.class.getName()));
				}
				assertThat(ex.getMessage().split("can't return", -1)).hasSize(wrong.size() + 1);
				assertThat(ex).hasMessageContaining("Cache 'gauges' holds %s, by @PolicyCached repository %s, but "
					.formatted(Gauge.class.getName(), GaugeRepository.class.getName()));
				assertThat(ex.getAction()).contains("Use a cache of its own for what the method returns.");
			});
	}

	@Test
	@DisplayName("types that can be the entity start, and are what the method says")
	void typesThatCanBeTheEntity() throws Exception {
		try (ConfigurableApplicationContext context = start(Right.class)) {
			Right right = context.getBean(Right.class);
			PolicyCache cache = context.getBean(PolicyCacheManager.class).getCache("gauges");
			Map<String, Callable<@Nullable Object>> reads = new LinkedHashMap<>();
			reads.put("entity", () -> right.entity(1L));
			reads.put("optional", () -> right.optional(1L).orElse(null));
			reads.put("optionalWildcard", () -> right.optionalWildcard(1L).orElse(null));
			reads.put("later", () -> right.later(1L).get());
			reads.put("laterOptional", () -> right.laterOptional(1L).get().orElse(null));
			reads.put("object", () -> right.object(1L));
			reads.put("generic", () -> right.<Gauge>generic(1L));
			reads.put("raw", () -> ((Optional<?>) right.raw(1L)).orElse(null));
			reads.put("plain", () -> right.plain(1L));
			reads.put("inherited", () -> right.inherited(1L));
			reads.put("inheritedOptional", () -> right.inheritedOptional(1L).orElse(null));
			for (Callable<@Nullable Object> read : reads.values()) {
				cache.clear();
				assertThat(read.call()).isInstanceOf(Gauge.class);
				assertThat(read.call()).isInstanceOf(Gauge.class);
			}
			assertThat(right.calls()).as("each body ran once").isEqualTo(List.copyOf(reads.keySet()));
		}
	}

	static class Wrong {

		@PolicyCached("gauges")
		@Nullable String text(Long id) {
			return null;
		}

		@PolicyCached("gauges")
		@Nullable Integer number(Long id) {
			return null;
		}

		@PolicyCached("gauges")
		long primitive(Long id) {
			return 0;
		}

		@PolicyCached("gauges")
		@Nullable Ticket ticket(Long id) {
			return null;
		}

		@PolicyCached("gauges")
		Optional<Ticket> tickets(Long id) {
			return Optional.empty();
		}

		@PolicyCached("gauges")
		Optional<String> optionalText(Long id) {
			return Optional.empty();
		}

		@PolicyCached("gauges")
		CompletableFuture<String> laterText(Long id) {
			return CompletableFuture.completedFuture("text");
		}

		@PolicyCached("gauges")
		CompletableFuture<Optional<Ticket>> laterOptionalTicket(Long id) {
			return CompletableFuture.completedFuture(Optional.empty());
		}

		@PolicyCached("gauges")
		List<Gauge> many(Long id) {
			return List.of();
		}

		@PolicyCached("gauges")
		Gauge[] array(Long id) {
			return new Gauge[0];
		}

		@PolicyCached("gauges")
		Map<Long, Gauge> byId(Long id) {
			return Map.of();
		}

		@Cacheable("gauges")
		@Nullable String plain(Long id) {
			return null;
		}

		@PolicyCached(cache = "gauges", operation = Operation.WRITE, key = "#id")
		String written(Long id) {
			return "text";
		}

		@PolicyCached(cache = "gauges", operation = Operation.REMOVE)
		boolean removed(Long id) {
			return true;
		}

	}

	static class Base<T> {

		final List<String> calls = new ArrayList<>();

		@Nullable T found;

		List<String> calls() {
			return this.calls;
		}

		@Nullable T find(String name) {
			this.calls.add(name);
			return this.found;
		}

		@PolicyCached("gauges")
		@Nullable T inherited(Long id) {
			return find("inherited");
		}

		@PolicyCached("gauges")
		Optional<T> inheritedOptional(Long id) {
			return Optional.ofNullable(find("inheritedOptional"));
		}

	}

	static class Right extends Base<Gauge> {

		@Override
		@Nullable Gauge find(String name) {
			super.find(name);
			return new Gauge(1, 5);
		}

		@PolicyCached("gauges")
		@Nullable Gauge entity(Long id) {
			return find("entity");
		}

		@PolicyCached("gauges")
		Optional<Gauge> optional(Long id) {
			return Optional.ofNullable(find("optional"));
		}

		@PolicyCached("gauges")
		Optional<? extends Gauge> optionalWildcard(Long id) {
			return Optional.ofNullable(find("optionalWildcard"));
		}

		@PolicyCached("gauges")
		CompletableFuture<@Nullable Gauge> later(Long id) {
			return CompletableFuture.completedFuture(find("later"));
		}

		@PolicyCached("gauges")
		CompletableFuture<Optional<Gauge>> laterOptional(Long id) {
			return CompletableFuture.completedFuture(Optional.ofNullable(find("laterOptional")));
		}

		@PolicyCached("gauges")
		@Nullable Object object(Long id) {
			return find("object");
		}

		@PolicyCached("gauges")
		@SuppressWarnings("unchecked")
		<T> @Nullable T generic(Long id) {
			return (T) find("generic");
		}

		@PolicyCached("gauges")
		@SuppressWarnings("rawtypes")
		Optional raw(Long id) {
			return Optional.ofNullable(find("raw"));
		}

		@Cacheable("gauges")
		@Nullable Gauge plain(Long id) {
			return find("plain");
		}

	}

}
