package io.cachepolicy.sample.accounts;

import java.math.BigDecimal;

import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Two writes, one transaction. A class of its own, because the methods of
 * {@link AccountService} have to be called through its proxy.
 */
@Service
class TransferService {

	private final AccountService accounts;

	TransferService(AccountService accounts) {
		this.accounts = accounts;
	}

	@Transactional
	void transfer(long from, long to, BigDecimal amount) {
		// The deposit is written first: if the funds are insufficient, the rollback takes
		// it back, from the table and from the cache
		this.accounts.deposit(account(to), amount);
		this.accounts.withdraw(account(from), amount);
	}

	private Account account(long id) {
		return this.accounts.find(id).orElseThrow(() -> new NoSuchAccountException(id));
	}

}
