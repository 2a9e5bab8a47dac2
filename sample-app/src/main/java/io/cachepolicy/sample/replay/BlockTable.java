package io.cachepolicy.sample.replay;

import java.util.Map;
import java.util.stream.Collectors;

import org.springframework.context.annotation.Profile;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The table of the blocks, past cache and JPA.
 */
@Component
@Profile("replay")
class BlockTable {

	private final JdbcClient jdbc;

	BlockTable(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	void truncate() {
		this.jdbc.sql("truncate table block").update();
	}

	Map<Long, BlockState> rows() {
		return this.jdbc.sql("select lbn, length, line from block")
			.query((result, row) -> Map.entry(result.getLong("lbn"),
					new BlockState(result.getInt("length"), result.getLong("line"))))
			.list()
			.stream()
			.collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
	}

}
