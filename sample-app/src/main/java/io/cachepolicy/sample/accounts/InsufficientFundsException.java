package io.cachepolicy.sample.accounts;

@SuppressWarnings("serial")
class InsufficientFundsException extends RuntimeException {

	InsufficientFundsException(Account account) {
		super("Account %d has only %s".formatted(account.getId(), account.getBalance()));
	}

}
