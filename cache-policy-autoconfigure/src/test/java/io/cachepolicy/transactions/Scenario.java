package io.cachepolicy.transactions;

import java.util.function.Consumer;
import java.util.function.Predicate;

import io.cachepolicy.WritePolicy;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.event.TransactionPhase;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The transaction in which an operation runs, whether the operation counts in the end,
 * and whether a write of the scenario itself, of another key, does.
 * <p>
 * In a transaction of another transaction manager the store commits by itself, while the
 * cache defers and publishes when that transaction commits. So write-through and
 * write-around are in the store whatever becomes of it, and others may see them.
 */
enum Scenario {

	NO_TRANSACTION("no transaction", Ends.DONE, Others.SEE_IT, false, Stage::work),

	COMMIT("commit", Ends.DONE, Others.SEE_NOTHING, false, (it) -> it.transaction(it::work)),

	ROLLBACK("rollback", Ends.UNDONE, Others.SEE_NOTHING, false,
			(it) -> assertThatExceptionOfType(Stage.Failure.class).isThrownBy(() -> it.transaction(() -> {
				it.work();
				throw new Stage.Failure();
			}))),

	ROLLBACK_ONLY("rollback-only", Ends.UNDONE, Others.SEE_NOTHING, false, (it) -> it.transaction(() -> {
		it.work();
		it.setRollbackOnly();
	})),

	INNER_ROLLBACK_ONLY("rollback-only by an inner REQUIRED", Ends.UNDONE, Others.SEE_NOTHING, false,
			(it) -> assertThatExceptionOfType(UnexpectedRollbackException.class)
				.isThrownBy(() -> it.transaction(() -> it.transaction(() -> {
					it.work();
					it.setRollbackOnly();
				})))),

	NESTED("nested, released", Ends.DONE, Others.SEE_NOTHING, true, (it) -> it.transaction(() -> {
		it.writeNeighbour();
		it.nested(it::work);
	})),

	NESTED_ROLLBACK("nested, rolled back to the savepoint", Ends.UNDONE, Others.SEE_NOTHING, true,
			(it) -> it.transaction(() -> {
				it.writeNeighbour();
				it.nested(() -> {
					it.work();
					it.setRollbackOnly();
				});
				it.clearPersistenceContext();
				it.writerSees(false);
			})),

	BEFORE_NESTED_ROLLBACK("before a nested one that is rolled back", Ends.DONE, Others.SEE_NOTHING, false,
			(it) -> it.transaction(() -> {
				it.work();
				it.nested(() -> {
					it.writeNeighbour();
					it.setRollbackOnly();
				});
				it.clearPersistenceContext();
				it.writerSees(true);
			})),

	REQUIRES_NEW("REQUIRES_NEW in one that is rolled back", Ends.DONE, Others.SEE_NOTHING, false,
			(it) -> it.transaction(() -> {
				it.writeNeighbour();
				it.requiresNew(it::work);
				it.setRollbackOnly();
			})),

	REQUIRES_NEW_ROLLBACK("REQUIRES_NEW, rolled back in one that commits", Ends.UNDONE, Others.SEE_NOTHING, true,
			(it) -> it.transaction(() -> {
				it.writeNeighbour();
				it.requiresNew(() -> {
					it.work();
					it.setRollbackOnly();
				});
				it.writerSees(false);
			})),

	SUSPENDED_ROLLBACK("rolled back around a REQUIRES_NEW", Ends.UNDONE, Others.SEE_NOTHING, true,
			(it) -> it.transaction(() -> {
				it.work();
				it.requiresNew(it::writeNeighbour);
				it.writerSees(true);
				it.setRollbackOnly();
			})),

	READ_ONLY("read-only", Ends.DONE, Others.SEE_NOTHING, false, (it) -> it.readOnly(it::work)),

	BEFORE_COMMIT("listener BEFORE_COMMIT", Ends.DONE, Others.SEE_NOTHING, false,
			(it) -> it.transaction(() -> it.workIn(TransactionPhase.BEFORE_COMMIT))),

	BEFORE_FAILING_COMMIT("listener BEFORE_COMMIT of a commit that fails", Ends.UNDONE, Others.SEE_NOTHING, false,
			(it) -> assertThatExceptionOfType(DataIntegrityViolationException.class)
				.isThrownBy(() -> it.transaction(() -> {
					it.violateDeferredConstraint();
					it.workIn(TransactionPhase.BEFORE_COMMIT);
				}))),

	AFTER_COMMIT("listener AFTER_COMMIT", Ends.DONE, Others.SEE_IT, true, (it) -> it.transaction(() -> {
		it.writeNeighbour();
		it.workIn(TransactionPhase.AFTER_COMMIT);
	})),

	AFTER_ROLLBACK("listener AFTER_ROLLBACK", Ends.DONE, Others.SEE_IT, false, (it) -> it.transaction(() -> {
		it.writeNeighbour();
		it.workIn(TransactionPhase.AFTER_ROLLBACK);
		it.setRollbackOnly();
	})),

	AFTER_COMPLETION("listener AFTER_COMPLETION", Ends.DONE, Others.SEE_IT, true, (it) -> it.transaction(() -> {
		it.writeNeighbour();
		it.workIn(TransactionPhase.AFTER_COMPLETION);
	})),

	FAILING_BEFORE_COMMIT("a synchronization fails before the commit", Ends.UNDONE, Others.SEE_NOTHING, false,
			(it) -> assertThatExceptionOfType(Stage.Failure.class).isThrownBy(() -> it.transaction(() -> {
				it.work();
				it.failBeforeCommit();
			}))),

	FAILING_COMMIT("the commit fails", Ends.UNDONE, Others.SEE_NOTHING, false,
			(it) -> assertThatExceptionOfType(DataIntegrityViolationException.class)
				.isThrownBy(() -> it.transaction(() -> {
					it.work();
					it.violateDeferredConstraint();
				}))),

	FAILING_AFTER_COMMIT("a synchronization fails after the commit", Ends.DONE, Others.SEE_NOTHING, false,
			(it) -> assertThatExceptionOfType(Stage.Failure.class).isThrownBy(() -> it.transaction(() -> {
				it.failAfterCommit();
				it.work();
			}))),

	OTHER_MANAGER("commit of another transaction manager", Ends.DONE, Others.MAY_SEE_IT, false,
			(it) -> it.other(it::work)),

	OTHER_MANAGER_ROLLBACK("rollback of another transaction manager", Ends.UNDONE_IF_DEFERRED, Others.MAY_SEE_IT, false,
			(it) -> it.other(() -> {
				it.work();
				it.setRollbackOnly();
			})),

	IN_OTHER_MANAGER_ROLLBACK("commit in a rollback of another transaction manager", Ends.DONE, Others.SEE_NOTHING,
			false, (it) -> it.other(() -> {
				it.transaction(it::work);
				it.setRollbackOnly();
			}));

	private final String name;

	private final Ends ends;

	private final Others others;

	private final boolean writesNeighbour;

	private final Consumer<Stage> script;

	Scenario(String name, Ends ends, Others others, boolean writesNeighbour, Consumer<Stage> script) {
		this.name = name;
		this.ends = ends;
		this.others = others;
		this.writesNeighbour = writesNeighbour;
		this.script = script;
	}

	void run(Stage stage) {
		this.script.accept(stage);
	}

	/**
	 * Return whether the operation is refused.
	 */
	boolean refuses(WritePolicy policy, Operation operation) {
		return this == READ_ONLY && policy != WritePolicy.WRITE_BACK && operation.writes();
	}

	/**
	 * Return whether the operation counts in the end.
	 */
	boolean counts(WritePolicy policy, Operation operation) {
		return this.ends.done.test(policy) && !refuses(policy, operation);
	}

	Rows end(WritePolicy policy, Operation operation, Rows before) {
		Rows rows = (counts(policy, operation)) ? operation.after(before) : before;
		return rows.neighbour((this.writesNeighbour) ? "neighbour" : null);
	}

	boolean writesNeighbour() {
		return this.writesNeighbour;
	}

	/**
	 * Return what others see right after the operation.
	 */
	Others others(WritePolicy policy) {
		return (this.others == Others.MAY_SEE_IT && policy == WritePolicy.WRITE_BACK) ? Others.SEE_NOTHING
				: this.others;
	}

	@Override
	public String toString() {
		return this.name;
	}

	/**
	 * Whether an operation counts in the end.
	 */
	private enum Ends {

		DONE((policy) -> true), UNDONE((policy) -> false),
		UNDONE_IF_DEFERRED((policy) -> policy != WritePolicy.WRITE_BACK);

		private final Predicate<WritePolicy> done;

		Ends(Predicate<WritePolicy> done) {
			this.done = done;
		}

	}

	/**
	 * What other threads see right after the operation, before the transaction ends.
	 */
	enum Others {

		SEE_IT, SEE_NOTHING, MAY_SEE_IT

	}

}
