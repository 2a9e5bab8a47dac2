package io.cachepolicy.sample.caches;

import java.util.Map;
import java.util.Optional;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;

import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Shows the row as it is in the table now, past caches and JPA.
 */
@RestController
class RowController {

	private static final Map<String, String> QUERIES = Map.of("accounts",
			"select id, owner, balance, version from account where cast(id as varchar(36)) = :id", "sessions",
			"select id, username, requests, expires_at, cast(attributes as varchar) as attributes from web_session where id = :id",
			"assets", "select name, content_type, length, checksum, published_at from asset where name = :id",
			"products", "select id, name, category, price, version from product where cast(id as varchar(36)) = :id");

	private final JdbcClient jdbc;

	private final PolicyCacheManager caches;

	RowController(JdbcClient jdbc, PolicyCacheManager caches) {
		this.jdbc = jdbc;
		this.caches = caches;
	}

	@GetMapping("/{domain}/{id}/row")
	Map<String, Object> row(@PathVariable String domain, @PathVariable String id) {
		return Optional.ofNullable(QUERIES.get(domain))
			.flatMap((sql) -> find(sql, id))
			.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, describeMissing(domain)));
	}

	private String describeMissing(String domain) {
		PolicyCache cache = QUERIES.containsKey(domain) ? this.caches.getCache(domain) : null;
		long pending = (cache != null) ? cache.pendingWrites() : 0;
		return (pending > 0) ? "There is no row yet. Pending writes of '%s': %d".formatted(domain, pending)
				: "There is no such row";
	}

	private Optional<Map<String, Object>> find(String sql, String id) {
		return this.jdbc.sql(sql).param("id", id).query().listOfRows().stream().findFirst();
	}

}
