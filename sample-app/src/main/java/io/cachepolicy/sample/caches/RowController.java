package io.cachepolicy.sample.caches;

import java.util.Map;
import java.util.Optional;

import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

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

	RowController(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	@GetMapping("/{domain}/{id}/row")
	ResponseEntity<Map<String, Object>> row(@PathVariable String domain, @PathVariable String id) {
		return ResponseEntity.of(Optional.ofNullable(QUERIES.get(domain)).flatMap((sql) -> find(sql, id)));
	}

	private Optional<Map<String, Object>> find(String sql, String id) {
		return this.jdbc.sql(sql).param("id", id).query().listOfRows().stream().findFirst();
	}

}
