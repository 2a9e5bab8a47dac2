package io.cachepolicy.transactions;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * What is done in a transaction, and what it makes of the accounts.
 */
enum Operation {

	PUT("put", (it) -> it.cache().put(it.existing(), it.changed()), (rows) -> rows.existing("new")),

	PUT_NEW("put of a new row", (it) -> it.cache().put(it.fresh(), it.created()), (rows) -> rows.fresh("new")),

	PUT_ALL("putAll", (it) -> it.cache().putAll(Map.of(it.existing(), it.changed(), it.fresh(), it.created())),
			(rows) -> rows.existing("new").fresh("new")),

	PUT_IF_ABSENT("putIfAbsent of an absent row", (it) -> it.cache().putIfAbsent(it.fresh(), it.created()),
			(rows) -> rows.fresh("new")),

	PUT_IF_PRESENT("putIfAbsent of a present row", (it) -> it.cache().putIfAbsent(it.existing(), it.changed()),
			(rows) -> rows),

	REMOVE("remove", (it) -> it.cache().remove(it.existing()), (rows) -> rows.existing(null)),

	REMOVE_AND_PUT("remove, then put", (it) -> {
		it.cache().remove(it.existing());
		it.cache().put(it.existing(), new Account(it.existing(), "new"));
	}, (rows) -> rows.existing("new")),

	EVICT("evict", (it) -> it.cache().evict(it.existing()), (rows) -> rows),

	CLEAR("clear", (it) -> it.cache().clear(), (rows) -> rows),

	GET("get", (it) -> it.cache().get(it.existing()), (rows) -> rows),

	GET_OR_LOAD("get with a loader",
			(it) -> it.cache().get(it.existing(), () -> it.repository().findById(it.existing()).orElseThrow()),
			(rows) -> rows),

	GET_ALL("getAll", (it) -> it.cache().getAll(List.of(it.existing(), it.fresh())), (rows) -> rows),

	READ_METHOD("@PolicyCached READ", (it) -> it.accounts().find(it.existing()), (rows) -> rows),

	WRITE_METHOD("@PolicyCached WRITE", (it) -> it.accounts().write(it.changed()), (rows) -> rows.existing("new")),

	WRITE_NEW_METHOD("@PolicyCached WRITE of a new row", (it) -> it.accounts().write(it.created()),
			(rows) -> rows.fresh("new")),

	REMOVE_METHOD("@PolicyCached REMOVE", (it) -> it.accounts().remove(it.existing()), (rows) -> rows.existing(null));

	private final String name;

	private final Consumer<Subject> action;

	private final UnaryOperator<Rows> effect;

	Operation(String name, Consumer<Subject> action, UnaryOperator<Rows> effect) {
		this.name = name;
		this.action = action;
		this.effect = effect;
	}

	void run(Subject subject) {
		this.action.accept(subject);
	}

	/**
	 * Return what the operation makes of the accounts.
	 * @param before the accounts before
	 * @return the accounts after
	 */
	Rows after(Rows before) {
		return this.effect.apply(before);
	}

	boolean writesExisting() {
		Rows before = new Rows("old", null, null);
		return !before.equals(after(before).fresh(null));
	}

	boolean writesFresh() {
		return after(new Rows("old", null, null)).fresh() != null;
	}

	boolean writes() {
		return writesExisting() || writesFresh();
	}

	/**
	 * Return whether no key is written twice. A second write drops the entry.
	 */
	boolean writesOnce() {
		return this != REMOVE_AND_PUT;
	}

	@Override
	public String toString() {
		return this.name;
	}

}
