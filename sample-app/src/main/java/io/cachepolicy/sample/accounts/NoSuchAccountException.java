package io.cachepolicy.sample.accounts;

@SuppressWarnings("serial")
class NoSuchAccountException extends RuntimeException {

	NoSuchAccountException(long id) {
		super("There is no account %d".formatted(id));
	}

}
