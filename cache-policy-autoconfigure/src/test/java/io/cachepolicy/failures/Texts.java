package io.cachepolicy.failures;

import java.util.Collection;
import java.util.Map;

import io.cachepolicy.CacheStore;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * The store of texts, none of which may be longer than what PostgreSQL takes into an
 * index.
 */
@Component("texts")
class Texts implements CacheStore<Long, String> {

	private final JdbcTemplate jdbc;

	Texts(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
	}

	void createTable() {
		this.jdbc.execute("create table text (id bigint primary key, content text unique)");
	}

	@Override
	public @Nullable String load(Long key) {
		return this.jdbc.queryForList("select content from text where id = ?", String.class, key)
			.stream()
			.findFirst()
			.orElse(null);
	}

	@Override
	public Map<Long, String> saveAll(Map<Long, String> entries) {
		this.jdbc.batchUpdate(
				"insert into text values (?, ?) on conflict (id) do update set content = excluded.content",
				entries.entrySet().stream().map((entry) -> new Object[] { entry.getKey(), entry.getValue() }).toList());
		return entries;
	}

	@Override
	public void deleteAll(Collection<? extends Long> keys) {
		keys.forEach((key) -> this.jdbc.update("delete from text where id = ?", key));
	}

}
