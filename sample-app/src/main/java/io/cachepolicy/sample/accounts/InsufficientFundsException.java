package io.cachepolicy.sample.accounts;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ResponseStatus;

@ResponseStatus(HttpStatus.CONFLICT)
@SuppressWarnings("serial")
class InsufficientFundsException extends RuntimeException {

	InsufficientFundsException(Account account) {
		super("Account %d has only %s".formatted(account.getId(), account.getBalance()));
	}

}
