package io.cachepolicy.jpa.listen;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.hibernate.engine.spi.SharedSessionContractImplementor;

/**
 * Lets what is pending be stored before rows are loaded by id. Thread-safe.
 */
final class LoadFollower implements LoadEvents.Listener {

	private static final Log logger = LogFactory.getLog(LoadFollower.class);

	private final Followers followers;

	private final TrackedSessions sessions;

	LoadFollower(Followers followers, TrackedSessions sessions) {
		this.followers = followers;
		this.sessions = sessions;
	}

	@Override
	public boolean isAwaiting(String entity) {
		return isAnyPending(this.followers.of(entity));
	}

	private static boolean isAnyPending(Subscription[] followers) {
		for (Subscription follower : followers) {
			if (follower.listener().hasPending()) {
				return true;
			}
		}
		return false;
	}

	@Override
	public void loading(SharedSessionContractImplementor session, String entity, Object id, boolean lazily) {
		if (!this.sessions.isOfTransaction(session)) {
			return;
		}
		for (Subscription follower : this.followers.of(entity)) {
			if (follower.listener().hasPending() && !(lazily && follower.persister().hasProxy())) {
				store(follower, id);
			}
		}
	}

	private void store(Subscription follower, Object id) {
		Object key;
		try {
			key = follower.toKey().apply(id);
		}
		catch (RuntimeException ex) {
			logger.debug("The id of a row is no key", ex);
			return;
		}
		follower.listener().storePending(key);
	}

}
