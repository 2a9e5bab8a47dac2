package io.cachepolicy.model;

import io.cachepolicy.testsupport.Outage;
import org.jspecify.annotations.Nullable;

/**
 * How the database is.
 */
final class Conditions {

	private Outage.@Nullable Kind outage;

	private boolean checking = true;

	private boolean changing;

	boolean isAway() {
		return this.outage != null;
	}

	/**
	 * Return whether a flush gets as far as to a refusal.
	 * @return whether statements are answered
	 */
	boolean isRefusing() {
		return this.outage == null || this.outage == Outage.Kind.NO_COMMITS;
	}

	void outage(Outage.@Nullable Kind outage) {
		this.outage = outage;
	}

	/**
	 * Return whether {@link Value#isBad() bad} texts are refused.
	 * @return whether texts are checked
	 */
	boolean isChecking() {
		return this.checking;
	}

	void checking(boolean checking) {
		this.checking = checking;
		this.changing = true;
	}

	/**
	 * Return whether a flush may still be under way that began when texts were checked,
	 * and now are not, or the other way round.
	 * @return whether bad texts may be refused or not
	 */
	boolean isChanging() {
		return this.changing;
	}

	void flushed() {
		this.changing = false;
	}

}
