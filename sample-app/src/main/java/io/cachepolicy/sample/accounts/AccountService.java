package io.cachepolicy.sample.accounts;

import java.math.BigDecimal;
import java.util.Optional;

import io.cachepolicy.PolicyCached;

import org.springframework.stereotype.Service;

import static io.cachepolicy.PolicyCached.Operation.REMOVE;
import static io.cachepolicy.PolicyCached.Operation.WRITE;

/**
 * Accounts are <b>write-through</b>: when a method returns, the row is written. In a
 * transaction of the caller the write joins it, and disappears with it.
 */
@Service
@PolicyCached("accounts")
class AccountService {

	private final AccountRepository repository;

	AccountService(AccountRepository repository) {
		this.repository = repository;
	}

	@PolicyCached
	Optional<Account> find(long id) {
		return this.repository.findById(id);
	}

	@PolicyCached(operation = WRITE)
	Account open(String owner) {
		return new Account(owner);
	}

	@PolicyCached(operation = WRITE)
	Account deposit(Account account, BigDecimal amount) {
		account.deposit(amount);
		return account;
	}

	@PolicyCached(operation = WRITE)
	Account withdraw(Account account, BigDecimal amount) {
		account.withdraw(amount);
		return account;
	}

	@PolicyCached(operation = REMOVE)
	void close(long id) {
	}

}
