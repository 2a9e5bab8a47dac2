package io.cachepolicy.jpa.listen;

import org.hibernate.engine.spi.SharedSessionContractImplementor;

/**
 * Lets what is pending be stored before rows are loaded by id. Thread-safe.
 */
final class LoadFollower implements LoadEvents.Listener {

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
				Object key = follower.findKey(id);
				if (key != null) {
					follower.listener().storePending(key);
				}
			}
		}
	}

}
