package io.cachepolicy.jpa.listen;

import java.util.Set;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SqlTables}.
 */
class SqlTablesTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~',
			textBlock = """
					update ware set price = 1 | [ware]
					UPDATE only "public"."Ware" w set price = 1 | [ware]
					update shop.ware set x = (select max(y) from other for update) | [ware]
					insert into ware (id) select id from old_ware | [ware]
					insert into ware values (1) on conflict (id) do update set price = 2 | [ware]
					insert into ware values (1) on duplicate key update price = 2 | [ware]
					replace into `ware` values (1) | [ware]
					delete from ware where name = 'delete from other' | [ware]
					delete ware where id = 1 | [ware]
					delete from ware using other where other.id = ware.id | [ware]
					merge into ware using other on true when matched then update set x = 1 when not matched then insert values (1) | [ware]
					truncate table only ware, shop.other cascade | [ware, other]
					truncate ware | [ware]
					with a as (delete from ware returning id), b as (insert into other select id from a) select 1 | [ware, other]
					select * from ware for update | []
					select * from ware for no key update of ware | []
					with a as (select 1) select * from a | []
					/* delete from other */ select 1 -- delete from ware | []
					(select 1) union (select 2) | []
					set local statement_timeout = 1 | []
					lock table ware | []
					explain update_ware | []
					create table other (id int) | []
					call recount() | any
					{call recount()} | any
					do $$ begin perform 1; end $$ | any
					do $body$ delete from ware $body$ | any
					exec recount | any
					alter table ware drop column price | any
					drop table ware | any
					copy ware from stdin | [ware]
					delete from [dbo].[ware] | [ware]
					update ware set note = 'it''s; delete from other' | [ware]
					""")
	void tablesAreTold(String sql, String tables) {
		SqlTables written = SqlTables.writtenBy(sql);
		if (tables.equals("any")) {
			assertThat(written).hasToString("any");
			assertThat(written.mayContain(Set.of("whatever"))).isTrue();
		}
		else {
			String[] names = tables.substring(1, tables.length() - 1).split(", ");
			assertThat(written.isNone()).isEqualTo(tables.equals("[]"));
			for (String name : names) {
				assertThat(written.mayContain(Set.of(name))).isEqualTo(!name.isEmpty());
			}
			assertThat(written.mayContain(Set.of("x", "y"))).isFalse();
		}
	}

}
