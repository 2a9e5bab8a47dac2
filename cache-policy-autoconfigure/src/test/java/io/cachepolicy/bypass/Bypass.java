package io.cachepolicy.bypass;

import java.util.List;
import java.util.function.Consumer;

import jakarta.persistence.EntityManager;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.CriteriaUpdate;
import jakarta.persistence.criteria.Root;
import org.hibernate.Session;
import org.hibernate.StatelessSession;

/**
 * Ways to change ware 1, which costs 1 and has the tag {@code a}, to what costs 2, has
 * the tag {@code b} as well, or is gone.
 */
enum Bypass {

	SAVE("2[a]", (in) -> {
		Ware ware = new Ware(1, 2);
		ware.getTags().add("a");
		in.repository().saveAndFlush(ware);
	}),

	SAVE_ALL("2[a]", (in) -> {
		Ware ware = new Ware(1, 2);
		ware.getTags().add("a");
		in.repository().saveAllAndFlush(List.of(ware));
	}),

	DIRTY("2[a]", (in) -> in.find().setPrice(2)),

	DIRTY_AND_FLUSHED("2[a]", (in) -> {
		in.find().setPrice(2);
		in.manager().flush();
	}),

	DIRTY_AND_CLEARED("2[a]", (in) -> {
		in.find().setPrice(2);
		in.manager().flush();
		in.manager().clear();
	}),

	COLLECTION("1[a, b]", (in) -> in.find().getTags().add("b")),

	COLLECTION_FLUSHED("1[a, b]", (in) -> {
		in.find().getTags().add("b");
		in.manager().flush();
	}),

	COLLECTION_REPLACED("1[]", (in) -> {
		in.find().getTags().clear();
		in.manager().flush();
	}),

	CASCADE("2[a]", (in) -> {
		in.manager().find(Crate.class, 1L).getWares().get(0).setPrice(2);
		in.manager().flush();
	}),

	CASCADED_MERGE("2[a]", (in) -> {
		Ware ware = new Ware(1, 2);
		ware.getTags().add("a");
		Crate crate = new Crate(1);
		crate.getWares().add(ware);
		in.manager().merge(crate);
		in.manager().flush();
	}),

	ORPHAN("null", (in) -> {
		in.manager().find(Crate.class, 1L).getWares().clear();
		in.manager().flush();
	}),

	DELETE("null", (in) -> in.repository().deleteById(1L)),

	DELETE_FLUSHED("null", (in) -> {
		in.repository().delete(in.find());
		in.repository().flush();
	}),

	DELETE_IN_BATCH("null", (in) -> {
		in.sql("delete from ware_tags");
		in.repository().deleteAllInBatch(List.of(new Ware(1, 1)));
	}),

	DELETE_BY_ID_IN_BATCH("null", (in) -> {
		in.sql("delete from ware_tags");
		in.repository().deleteAllByIdInBatch(List.of(1L));
	}),

	STATELESS_UPDATE("2[a]", (in) -> in.stateless((session) -> {
		Ware ware = session.get(Ware.class, 1L);
		ware.setPrice(2);
		session.update(ware);
	})),

	STATELESS_UPSERT("2[a]", (in) -> in.stateless((session) -> {
		Ware ware = session.get(Ware.class, 1L);
		ware.setPrice(2);
		session.upsert(ware);
	})),

	STATELESS_MULTIPLE("2[a]", (in) -> in.stateless((session) -> {
		Ware ware = session.get(Ware.class, 1L);
		ware.setPrice(2);
		session.updateMultiple(List.of(ware));
	})),

	STATELESS_DELETE("null", (in) -> in.stateless((session) -> session.delete(session.get(Ware.class, 1L)))),

	JPQL("2[a]", (in) -> in.manager().createQuery("update Ware set price = 2").executeUpdate()),

	JPQL_DELETE("null", (in) -> in.manager().createQuery("delete from Ware").executeUpdate()),

	CRITERIA("2[a]", (in) -> {
		CriteriaBuilder builder = in.manager().getCriteriaBuilder();
		CriteriaUpdate<Ware> update = builder.createCriteriaUpdate(Ware.class);
		Root<Ware> ware = update.from(Ware.class);
		in.manager().createQuery(update.set(ware.<Integer>get("price"), 2)).executeUpdate();
	}),

	NATIVE("2[a]", (in) -> in.sql("UPDATE public.ware w SET price = 2 WHERE w.id = 1")),

	NATIVE_OF_COLLECTION("1[a, b]", (in) -> in.sql("insert into \"ware_tags\" (ware_id, tags) values (1, 'b')")),

	NATIVE_RETURNING("2[a]",
			(in) -> in.manager().createNativeQuery("update ware set price = 2 returning id").getResultList()),

	NATIVE_IN_QUERY("2[a]",
			(in) -> in.manager()
				.createNativeQuery("with w as (update only ware set price = 2 returning id) select id from w")
				.getResultList()),

	NATIVE_BLOCK("2[a]", (in) -> in.sql("do $$ begin update ware set price = 2; end $$")),

	UPSERT_IN_SQL("2[a]", (in) -> in.sql("""
			/* update nothing */ insert into ware (id, price, stock) values (1, 2, 0) -- delete from x
			on conflict (id) do update set price = excluded.price"""));

	private final String result;

	private final Consumer<Access> change;

	Bypass(String result, Consumer<Access> change) {
		this.result = result;
		this.change = change;
	}

	/**
	 * Return what the ware looks like afterwards.
	 * @return the text of the ware
	 */
	String result() {
		return this.result;
	}

	void change(Access access) {
		this.change.accept(access);
	}

	/**
	 * What an application has of JPA.
	 *
	 * @param repository a repository
	 * @param manager the entity manager of the transaction
	 */
	record Access(WareRepository repository, EntityManager manager) {

		Ware find() {
			return this.manager.find(Ware.class, 1L);
		}

		void sql(String statement) {
			this.manager.createNativeQuery(statement).executeUpdate();
		}

		void stateless(Consumer<StatelessSession> work) {
			try (StatelessSession session = this.manager.unwrap(Session.class)
				.statelessWithOptions()
				.connection()
				.open()) {
				work.accept(session);
			}
		}

	}

}
