package io.cachepolicy.transactions;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import com.github.benmanes.caffeine.cache.Cache;
import io.cachepolicy.FlushReport;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.cache.CaffeinePolicyCache;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.testsupport.Reservations;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.support.NullValue;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * One case of the matrix, with keys of its own.
 */
final class Case implements Stage {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private final Fixture fixture;

	private final WritePolicy policy;

	private final Operation operation;

	private final Scenario scenario;

	private final State state;

	private final CaffeinePolicyCache cache;

	private final long existing;

	private final long fresh;

	private final long neighbour;

	private final Rows before;

	private final Subject subject;

	private final Deque<TransactionStatus> transactions = new ArrayDeque<>();

	private boolean ran;

	private @Nullable Throwable failure;

	Case(Fixture fixture, WritePolicy policy, Operation operation, Scenario scenario, State state) {
		this.fixture = fixture;
		this.policy = policy;
		this.operation = operation;
		this.scenario = scenario;
		this.state = state;
		this.cache = fixture.cache(policy);
		this.existing = fixture.newId();
		this.fresh = fixture.newId();
		this.neighbour = fixture.newId();
		this.cache.flush(TIMEOUT);
		fixture.insert(this.existing, "old");
		Account account = prepare();
		this.before = new Rows(account.getText(), null, null);
		this.subject = new Subject(this.cache, fixture.accounts(policy), fixture.repository(), this.existing,
				this.fresh, account.text("new"), new Account(this.fresh, "new"));
	}

	private Account prepare() {
		if (this.state == State.PENDING) {
			this.cache.put(this.existing, load().text("pending"));
		}
		return (this.state == State.NOT_CACHED) ? load()
				: Objects.requireNonNull(this.cache.get(this.existing, Account.class));
	}

	private Account load() {
		return this.fixture.repository().findById(this.existing).orElseThrow();
	}

	void run() {
		this.scenario.run(this);
		assertThat(this.ran).as("ran").isTrue();
		if (this.failure != null) {
			throw new AssertionError(this.failure.getMessage(), this.failure);
		}
	}

	@Override
	public void work() {
		this.ran = true;
		try {
			if (this.scenario.refuses(this.policy, this.operation)) {
				assertThatExceptionOfType(InvalidDataAccessApiUsageException.class)
					.isThrownBy(() -> this.operation.run(this.subject));
				writerSees(false);
			}
			else {
				this.operation.run(this.subject);
				writerSees(true);
			}
			checkOthers();
		}
		catch (Throwable ex) {
			// A listener's failure would go no further
			this.failure = ex;
		}
	}

	private void checkOthers() {
		Rows seen = this.fixture.inOtherThread(this::read);
		Rows after = this.operation.after(this.before);
		switch (this.scenario.others(this.policy)) {
			case SEE_IT -> assertThat(seen).as("seen by others").isEqualTo(after);
			case SEE_NOTHING -> assertThat(seen).as("seen by others").isEqualTo(this.before);
			case MAY_SEE_IT -> {
				assertThat(seen.existing()).as("seen by others").isIn(this.before.existing(), after.existing());
				assertThat(seen.fresh()).as("seen by others").isIn(this.before.fresh(), after.fresh());
			}
		}
	}

	@Override
	public void writerSees(boolean done) {
		Rows expected = (done) ? this.operation.after(this.before) : this.before;
		assertThat(read()).as("seen by the writer").isEqualTo(expected);
	}

	/**
	 * Check what is left when the transaction has ended.
	 */
	void verify() {
		Rows end = this.scenario.end(this.policy, this.operation, this.before);
		checkEntries(end);
		assertThat(this.fixture.inOtherThread(this::read)).as("seen by others in the end")
			.isEqualTo(end.neighbour(null));
		assertThat(text(this.neighbour)).as("neighbour").isEqualTo(end.neighbour());
		if (this.policy == WritePolicy.WRITE_BACK) {
			checkRows(new Rows("old", null, null));
			flush(pendingKeys());
			assertThat(this.fixture.inOtherThread(this::read)).as("read after a flush").isEqualTo(end.neighbour(null));
		}
		assertThat(this.cache.pendingWrites()).as("pending").isZero();
		checkRows(end).forEach(this::checkVersion);
	}

	private void flush(int pending) {
		assertThat(this.cache.pendingWrites()).as("pending").isEqualTo(pending);
		checkRoom(pending);
		assertThat(this.cache.flush(TIMEOUT)).isEqualTo(new FlushReport(pending, 0, 0));
	}

	/**
	 * An entry is what was committed, or there is none. What was written alone, through
	 * or back, is there without a load.
	 */
	private void checkEntries(Rows end) {
		checkEntry(this.existing, end.existing(), this.operation.writesExisting());
		checkEntry(this.fresh, end.fresh(), this.operation.writesFresh());
		checkEntry(this.neighbour, end.neighbour(), false);
	}

	private void checkEntry(long key, @Nullable String text, boolean written) {
		Object entry = entry(key);
		assertThat((entry instanceof Account account) ? account.getText() : null).as("entry of %d", key)
			.isIn(text, null);
		if (written && this.scenario.counts(this.policy, this.operation)
				&& this.scenario.others(this.policy) != Scenario.Others.MAY_SEE_IT && this.operation.writesOnce()) {
			boolean published = this.policy != WritePolicy.WRITE_AROUND && text != null;
			// After the write others may have read
			boolean read = this.scenario.others(this.policy) == Scenario.Others.SEE_IT;
			assertThat(entry != null).as("entry of %d is there", key).isEqualTo(published || (read && text != null));
		}
	}

	private @Nullable Object entry(long key) {
		Object entry = ((Cache<?, ?>) this.cache.getNativeCache()).asMap().get(key);
		return (entry != NullValue.INSTANCE) ? entry : null;
	}

	private int pendingKeys() {
		boolean counts = this.scenario.counts(this.policy, this.operation);
		int pending = (this.state == State.PENDING || (counts && this.operation.writesExisting())) ? 1 : 0;
		pending += (counts && this.operation.writesFresh()) ? 1 : 0;
		return pending + ((this.scenario.writesNeighbour()) ? 1 : 0);
	}

	/**
	 * What is not pending is free.
	 */
	private void checkRoom(int pending) {
		PendingWrites writes = this.cache.findPendingWrites();
		int free = TransactionsApplication.MAX_PENDING - pending;
		if (writes != null) {
			PendingWrites.Reservation all = Reservations.take(writes, free);
			assertThat(all).isNotNull();
			all.cancel();
		}
	}

	private void checkVersion(long key, Account row) {
		if (entry(key) instanceof Account account) {
			assertThat(account.getVersion()).as("version of %d", key).isEqualTo(row.getVersion());
		}
	}

	/**
	 * Read the accounts that the operation may have written.
	 */
	private Rows read() {
		return new Rows(text(this.existing), text(this.fresh), null);
	}

	private @Nullable String text(long key) {
		Account account = this.cache.get(key, Account.class);
		return (account != null) ? account.getText() : null;
	}

	private Map<Long, Account> checkRows(Rows expected) {
		Map<Long, Account> rows = this.fixture.rows(List.of(this.existing, this.fresh, this.neighbour));
		assertThat(new Rows(text(rows, this.existing), text(rows, this.fresh), text(rows, this.neighbour))).as("rows")
			.isEqualTo(expected);
		return rows;
	}

	private static @Nullable String text(Map<Long, Account> rows, long key) {
		Account row = rows.get(key);
		return (row != null) ? row.getText() : null;
	}

	@Override
	public void writeNeighbour() {
		this.cache.putAll(Map.of(this.neighbour, new Account(this.neighbour, "neighbour")));
	}

	@Override
	public void workIn(TransactionPhase phase) {
		this.fixture.publish(new TransactionsApplication.Work(phase, this::work));
	}

	@Override
	public void transaction(Runnable action) {
		run(template(this.fixture.jpa(), TransactionDefinition.PROPAGATION_REQUIRED), action);
	}

	@Override
	public void nested(Runnable action) {
		run(template(this.fixture.jpa(), TransactionDefinition.PROPAGATION_NESTED), action);
	}

	@Override
	public void requiresNew(Runnable action) {
		run(template(this.fixture.jpa(), TransactionDefinition.PROPAGATION_REQUIRES_NEW), action);
	}

	@Override
	public void readOnly(Runnable action) {
		TransactionTemplate template = template(this.fixture.jpa(), TransactionDefinition.PROPAGATION_REQUIRED);
		template.setReadOnly(true);
		run(template, action);
	}

	@Override
	public void other(Runnable action) {
		run(template(this.fixture.other(), TransactionDefinition.PROPAGATION_REQUIRED), action);
	}

	private static TransactionTemplate template(PlatformTransactionManager manager, int propagation) {
		TransactionTemplate template = new TransactionTemplate(manager);
		template.setPropagationBehavior(propagation);
		return template;
	}

	private void run(TransactionTemplate template, Runnable action) {
		template.executeWithoutResult((status) -> {
			this.transactions.push(status);
			try {
				action.run();
			}
			finally {
				this.transactions.pop();
			}
		});
	}

	@Override
	public void setRollbackOnly() {
		this.transactions.element().setRollbackOnly();
	}

	@Override
	public void violateDeferredConstraint() {
		this.fixture.jdbc().update("insert into mark values (-1)");
	}

	@Override
	public void failBeforeCommit() {
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public void beforeCommit(boolean readOnly) {
				throw new Failure();
			}

		});
	}

	@Override
	public void failAfterCommit() {
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public int getOrder() {
				return Integer.MIN_VALUE;
			}

			@Override
			public void afterCommit() {
				throw new Failure();
			}

		});
	}

	@Override
	public void clearPersistenceContext() {
		this.fixture.entityManager().clear();
	}

}
