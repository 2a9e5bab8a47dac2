package io.cachepolicy.transactions;

import java.util.Optional;

import io.cachepolicy.PolicyCached;

import static io.cachepolicy.PolicyCached.Operation.REMOVE;
import static io.cachepolicy.PolicyCached.Operation.WRITE;

/**
 * A service over accounts, once per policy.
 */
interface Accounts {

	Optional<Account> find(long id);

	Account write(Account account);

	void remove(long id);

	/**
	 * Writes through.
	 */
	class Through implements Accounts {

		private final AccountRepository repository;

		Through(AccountRepository repository) {
			this.repository = repository;
		}

		@Override
		@PolicyCached("through")
		public Optional<Account> find(long id) {
			return this.repository.findById(id);
		}

		@Override
		@PolicyCached(cache = "through", operation = WRITE)
		public Account write(Account account) {
			return account;
		}

		@Override
		@PolicyCached(cache = "through", operation = REMOVE)
		public void remove(long id) {
		}

	}

	/**
	 * Writes back.
	 */
	class Back implements Accounts {

		private final AccountRepository repository;

		Back(AccountRepository repository) {
			this.repository = repository;
		}

		@Override
		@PolicyCached("back")
		public Optional<Account> find(long id) {
			return this.repository.findById(id);
		}

		@Override
		@PolicyCached(cache = "back", operation = WRITE)
		public Account write(Account account) {
			return account;
		}

		@Override
		@PolicyCached(cache = "back", operation = REMOVE)
		public void remove(long id) {
		}

	}

	/**
	 * Writes around.
	 */
	class Around implements Accounts {

		private final AccountRepository repository;

		Around(AccountRepository repository) {
			this.repository = repository;
		}

		@Override
		@PolicyCached("around")
		public Optional<Account> find(long id) {
			return this.repository.findById(id);
		}

		@Override
		@PolicyCached(cache = "around", operation = WRITE)
		public Account write(Account account) {
			return account;
		}

		@Override
		@PolicyCached(cache = "around", operation = REMOVE)
		public void remove(long id) {
		}

	}

}
