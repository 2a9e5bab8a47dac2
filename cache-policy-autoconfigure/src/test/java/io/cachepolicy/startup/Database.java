package io.cachepolicy.startup;

import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * A database that outlives applications, seen from outside of them.
 *
 * @param url its JDBC URL
 */
record Database(String url) {

	static Database create() {
		return new Database("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
	}

	/**
	 * Access the database as the user that Spring Boot gives an embedded one.
	 * @return the access
	 */
	JdbcTemplate jdbc() {
		return new JdbcTemplate(new DriverManagerDataSource(this.url, "sa", ""));
	}

	/**
	 * Return the rows of a table.
	 * @param table the table
	 * @return the labels by id
	 */
	Map<Long, String> labels(String table) {
		Map<Long, String> labels = new TreeMap<>();
		jdbc().queryForList("select id, label from " + table)
			.forEach((row) -> labels.put((Long) row.get("id"), (String) row.get("label")));
		return labels;
	}

}
