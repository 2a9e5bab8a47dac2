package io.cachepolicy.sample.accounts;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ResponseStatus;

@ResponseStatus(HttpStatus.NOT_FOUND)
@SuppressWarnings("serial")
class NoSuchAccountException extends RuntimeException {

	NoSuchAccountException(long id) {
		super("There is no account %d".formatted(id));
	}

}
