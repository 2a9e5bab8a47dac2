package io.cachepolicy.jpa.listen;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.cachepolicy.jpa.codec.EntityCodec;
import io.cachepolicy.spi.ValueCodec;
import io.cachepolicy.spi.WritingCall;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.jspecify.annotations.Nullable;

/**
 * Notes for the {@link WritingCall} of a thread which rows its body stores by the
 * sessions of one factory. Thread-safe.
 */
final class BodyRows {

	private final EntityManagerFactory entityManagerFactory;

	private final TrackedSessions sessions;

	private final Map<Class<?>, ValueCodec> codecs = new ConcurrentHashMap<>();

	BodyRows(EntityManagerFactory entityManagerFactory, TrackedSessions sessions) {
		this.entityManagerFactory = entityManagerFactory;
		this.sessions = sessions;
	}

	/**
	 * A row is written.
	 * @param follower whose row it is
	 * @param key the key
	 * @param entity the instance, if there is one
	 * @param removed whether the row is deleted
	 * @param own whether the store itself writes it
	 * @param session the session
	 */
	void changed(Subscription follower, Object key, @Nullable Object entity, boolean removed, boolean own,
			SharedSessionContractImplementor session) {
		WritingCall call = WritingCall.current();
		if (call == null) {
			return;
		}
		if (own || removed) {
			call.forget(follower.store(), key);
		}
		else if (entity != null) {
			obtain(call, follower, key, entity, session);
		}
	}

	/**
	 * An instance was merged, which need not write anything.
	 * @param follower whose row it is
	 * @param key the key
	 * @param original the instance
	 * @param managed the instance into which it was merged
	 * @param session the session
	 */
	void merged(Subscription follower, Object key, Object original, Object managed,
			SharedSessionContractImplementor session) {
		WritingCall call = WritingCall.current();
		if (call != null && !OwnWrites.isCalling(follower.store())) {
			BodyRow row = obtain(call, follower, key, managed, session);
			if (row != null) {
				row.merge(original);
			}
		}
	}

	private @Nullable BodyRow obtain(WritingCall call, Subscription follower, Object key, Object managed,
			SharedSessionContractImplementor session) {
		if (!session.isTransactionInProgress()) {
			return null;
		}
		if (call.find(follower.store(), key) instanceof BodyRow known && known.isOf(managed)) {
			return known;
		}
		BodyRow row = new BodyRow(managed, this.codecs.computeIfAbsent(follower.persister().getMappedClass(),
				(type) -> new EntityCodec(this.entityManagerFactory, type)));
		this.sessions.stores(session, follower, row);
		call.add(follower.store(), key, row);
		return row;
	}

	/**
	 * Any row may have been written.
	 * @param follower whose rows these are
	 */
	static void changedAll(Subscription follower) {
		WritingCall call = WritingCall.current();
		if (call != null) {
			call.forgetAll(follower.store());
		}
	}

}
