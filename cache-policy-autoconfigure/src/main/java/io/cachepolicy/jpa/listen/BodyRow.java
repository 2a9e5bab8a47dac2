package io.cachepolicy.jpa.listen;

import java.util.Arrays;
import java.util.stream.Stream;

import io.cachepolicy.spi.ValueCodec;
import io.cachepolicy.spi.WritingCall;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.hibernate.Hibernate;
import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.engine.spi.Status;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * A row that the body of a method stores by a managed instance. Whether an instance was
 * changed since is told by its graph, encoded: one that can't be encoded counts as
 * changed. Used by one thread.
 */
final class BodyRow implements WritingCall.Row {

	private static final Log logger = LogFactory.getLog(BodyRow.class);

	private final Object managed;

	private final ValueCodec codec;

	private @Nullable Object merged;

	private byte @Nullable [] mergedState;

	private byte @Nullable [] committedState;

	private boolean ended;

	/**
	 * Create a row.
	 * @param managed the instance that the session stores
	 * @param codec encodes instances
	 */
	BodyRow(Object managed, ValueCodec codec) {
		this.managed = managed;
		this.codec = codec;
	}

	boolean isOf(Object managed) {
		return this.managed == managed && !this.ended;
	}

	/**
	 * Note which instance was merged into the managed one.
	 * @param original the instance, which stays detached
	 */
	void merge(Object original) {
		if (original != this.managed) {
			this.merged = original;
			this.mergedState = encode(original);
		}
	}

	/**
	 * The transaction has ended. What it leaves in the session is what it stored, if the
	 * session has nothing more to store.
	 * @param committed whether it was committed
	 * @param session the session
	 */
	void end(boolean committed, SharedSessionContractImplementor session) {
		this.ended = true;
		EntityEntry entry = (committed) ? session.getPersistenceContextInternal().getEntry(this.managed) : null;
		if (entry != null && entry.getStatus() == Status.MANAGED && entry.isExistsInDatabase()
				&& !isDirty(entry, session)) {
			this.committedState = encode(this.managed);
		}
	}

	private boolean isDirty(EntityEntry entry, SharedSessionContractImplementor session) {
		EntityPersister type = entry.getPersister();
		@Nullable Object[] current = type.getValues(this.managed);
		@Nullable Object[] loaded = entry.getLoadedState();
		return loaded == null || type.findDirty(current, loaded, this.managed, session) != null || Stream.of(current)
			.anyMatch((value) -> value instanceof PersistentCollection<?> collection && collection.isDirty());
	}

	@Override
	public @Nullable Object findManaged(Object value) {
		return (!this.ended && isStored(Hibernate.unproxy(value))) ? this.managed : null;
	}

	@Override
	public @Nullable Object findCommitted(Object value) {
		return (isStored(Hibernate.unproxy(value)) && isUnchanged(this.managed, this.committedState)) ? this.managed
				: null;
	}

	private boolean isStored(Object value) {
		return value == this.managed || (value == this.merged && isUnchanged(value, this.mergedState));
	}

	private boolean isUnchanged(Object value, byte @Nullable [] state) {
		return state != null && Arrays.equals(state, encode(value));
	}

	private byte @Nullable [] encode(Object value) {
		try {
			return this.codec.encode(value);
		}
		catch (RuntimeException ex) {
			logger.debug("Nobody knows whether a value was changed since its body stored it", ex);
			return null;
		}
	}

}
